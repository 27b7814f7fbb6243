import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakeAgentOptions } from '@prefish/testing/agent';
import { pageParts, sessions } from './page-parts.ts';
import { bundledAgent } from '../support/bundled-agent.ts';
import { createRepository, type Repository } from '../support/repository.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';

/** A home and a project that name nobody, with an agent that knows its part. */
export interface Stage extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly project: Repository;
}

const files: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'hello', version: '1.0.0', scripts: { test: 'node test.mjs', dev: 'node dev.mjs', lint: 'node lint.mjs', build: 'node build.mjs' } }, null, 2)}\n`,
  'src/theme.js':
    'export const themes = ["light", "dark"];\n\nexport function theme(chosen) {\n  return chosen ?? "light";\n}\n',
  'test.mjs': 'console.log("\\x1b[32m✔\\x1b[39m 42 tests passed");\n',
  'build.mjs':
    'import { mkdirSync, writeFileSync } from "node:fs";\nmkdirSync("dist", { recursive: true });\nwriteFileSync("dist/app.js", "x".repeat(48_200));\nconsole.log("dist/app.js  48.2 kB");\n',
  '.gitignore': 'dist/\n',
  'src/session.ts': sessions.before,
  'lint.mjs': 'console.error("src/theme.js: 1 warning");\nprocess.exitCode = 1;\n',
  'dev.mjs': 'console.log("ready on port 5173");\nsetInterval(() => {}, 1e6);\n',
};

/** What the agent does at the messages of the pictures. */
const agentOptions: FakeAgentOptions = {
  parts: {
    'Enable dark mode by default': [
      'say I start with **where the theme comes from**.',
      'run grep -n theme src/theme.js',
      String.raw`edit src/theme.js <<export const themes = ["light", "dark"];\n\nexport function theme(chosen) {\n  return chosen ?? "dark";\n}`,
      'run node test.mjs',
      'say `theme()` gives **dark** where nobody has chosen:\\n\\n- a choice that was made stays as it is\\n- the tests pass, with a new one for the default',
      'hang',
    ].join('\n'),
    'Rename the package': 'ask Change the name in package.json?',
    ...pageParts,
  },
};

/** Sets everything up; disposing of it takes all of it away, and ends what runs in it. */
export async function createStage(): Promise<Stage> {
  const home = await sandboxHome();
  const agent = await bundledAgent();
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({
      agent: {
        command: process.execPath,
        args: [agent.file],
        env: { PREFISH_FAKE_AGENT: JSON.stringify(agentOptions) },
        model: 'none',
      },
      plugins: [['@prefish/plugin-agent', { tasks: { permissions: 'ask' } }]],
    }),
  );
  // The page calls a repository by the name of its folder.
  const project = await createRepository(join(home.root, 'shop'), files, home.env);
  return {
    home,
    project,
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}
