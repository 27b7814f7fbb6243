import type { AgentSpec } from '../agent-spec.ts';
import { knownIdOf } from '../credentials/agent-apis.ts';
import type { CredentialSources } from '../credentials/find-credential.ts';
import { findTaskCredential } from '../credentials/task-credential.ts';
import { LoginConsent } from '../credentials/login-consent.ts';
import { credentialVariable, credentialVariables } from '../credentials/variables.ts';
import { readCodexLogin } from '../credentials/codex-login.ts';
import { knownAgents } from '../discovery/known-agents.ts';

/** A credential that there is. Never its value. */
export interface ListedKey {
  /** Of the variable, or the agent whose own login it is. */
  readonly name: string;
  readonly api: string;
  /** Where it is: in the variables of the session, kept by `prefish keys`, or in the agent's own folder. */
  readonly place: 'variable' | 'kept' | 'login';
  /** The agents that tasks would use it for. */
  readonly agents: readonly string[];
  /** Why it counts for none. */
  readonly why?: string;
}

/** Every credential that there is, and the agents that tasks would use it for: the configured one, and those that prefish knows. */
export async function listKeys(
  { env, keys }: CredentialSources,
  consent: LoginConsent,
  configured?: AgentSpec,
): Promise<readonly ListedKey[]> {
  const known = knownAgents
    .filter(({ id }) => configured === undefined || knownIdOf(configured) !== id)
    .map(({ id, name }): AgentSpec => ({ kind: 'exec', id, name, file: id, args: [] }));
  const agents = configured === undefined ? known : [configured, ...known];
  const uses = await Promise.all(
    agents.map(async (spec) => {
      const { name } = spec;
      const found = await findTaskCredential(spec, { env, keys }, consent);
      return { name, credential: found.kind === 'found' ? found.credential : undefined };
    }),
  );
  const users = (name: string, source: string): string[] =>
    uses
      .filter(({ credential }) => credential?.name === name && credential.source === source)
      .map((use) => use.name);
  const listed: ListedKey[] = [];
  for (const { name, api, header } of credentialVariables) {
    const isSet = Boolean(env[name]?.trim());
    const places = [
      { place: 'variable', source: 'variable', there: isSet },
      { place: 'kept', source: 'key', there: keys[name] !== undefined },
    ] as const;
    for (const { place, source, there } of places) {
      if (!there) continue;
      const agents = header === undefined ? [] : users(name, source);
      const why = place === 'kept' && isSet ? 'the variable comes first' : undefined;
      listed.push({ name, api, place, agents, ...(why === undefined ? {} : { why }) });
    }
  }
  if ((await readCodexLogin(env)) !== undefined) {
    const agents = users('Codex’s login', 'login');
    const said = await consent.of('codex');
    const why = said === 'allowed' ? undefined : 'prefish keys allow codex lets tasks use it';
    listed.push({
      name: 'codex',
      api: 'openai',
      place: 'login',
      agents,
      ...(why === undefined ? {} : { why }),
    });
  }
  return listed;
}

/** The list for people. */
export function describeKeys(listed: readonly ListedKey[]): string {
  if (listed.length === 0) {
    return 'There are no keys. prefish keys set anthropic (or openai, google) keeps one for tasks.';
  }
  const width = Math.max(...listed.map(({ name }) => name.length));
  const rows = listed.map(({ name, api, place, agents, why }) => {
    const where = { variable: 'a variable', kept: 'kept here', login: 'its own login' }[place];
    const address = credentialVariable(name)?.header === undefined && place !== 'login';
    const use =
      agents.length > 0 ? `for ${agents.join(', ')}` : (why ?? (address ? `where ${api} answers` : ''));
    return `${name.padEnd(width)}  ${where.padEnd(13)}  ${use}`.trimEnd();
  });
  return rows.join('\n');
}
