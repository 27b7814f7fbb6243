import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { gatewaySettings } from '../../plugins/agent/src/cloud/gateway-settings.ts';
import { createRepository, type Repository } from '../support/repository.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { startModelApi, type ModelApi } from './model-api/model-api.ts';

/** The agents, by the names that prefish knows them under. */
export const agents = ['claude', 'codex', 'gemini', 'opencode'] as const;

/** Where `npm run test:agents` has put them. */
const programs = join(
  import.meta.dirname,
  '..',
  '..',
  'node_modules',
  '.prefish',
  'agents',
  'node_modules',
  '.bin',
);

/** What the model API of the tests takes, and nobody else may see. */
export const secret = 'sk-real-4f1c9a7e2b';

/** A person who has one agent, a key for its model, and a repository. */
export interface AgentHome extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly repository: Repository;
  readonly api: ModelApi;
  /** Of the person's shell. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Sets everything up as the person would have: the agent on PATH and configured, the key in a variable.
 *
 * @param tasks what the plugin is told of its tasks
 */
export async function agentHome(
  agent: string,
  tasks: { readonly permissions: 'allow' | 'ask' } = { permissions: 'allow' },
): Promise<AgentHome> {
  const home = await sandboxHome();
  const api = await startModelApi(secret);
  // What points an agent at a gateway points it at a model of its person's own too.
  const model = { url: api.url, token: secret };
  const own = gatewaySettings(agent, { [apiOf[agent]!]: model }, home.home);
  const files = {
    ...Object.fromEntries(Object.entries(own.files).map(([name, text]) => [join(home.home, name), text])),
    [join(home.prefishHome, 'config', 'prefish.config.json')]: JSON.stringify({
      agent,
      plugins: [['@prefish/plugin-agent', { tasks }]],
    }),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const env = {
    ...own.env,
    ...credentials(agent, api.url),
    TMPDIR: '/tmp',
    PATH: [programs, dirname(process.execPath), process.env['PATH']].join(delimiter),
  };
  return {
    home,
    api,
    env,
    repository: await createRepository(join(home.root, 'repository'), { 'README.md': 'hello\n' }, home.env),
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

const apiOf: Readonly<Record<string, 'anthropic' | 'openai' | 'google'>> = {
  claude: 'anthropic',
  codex: 'openai',
  gemini: 'google',
  opencode: 'anthropic',
};

/** The variables in which prefish looks for what a task may use. */
function credentials(agent: string, url: string): Record<string, string> {
  switch (apiOf[agent]!) {
    case 'anthropic':
      return { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: secret };
    case 'openai':
      return { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: secret };
    case 'google':
      return { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: secret };
  }
}
