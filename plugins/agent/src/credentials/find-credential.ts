import type { ModelAccess, ModelApi } from '@prefish/core';
import { keyValue } from '../keys/key-names.ts';
import type { Keys } from '../keys/key-store.ts';
import { baseUrl, usualUrls } from './base-url.ts';
import { readCodexLogin, type CodexLogin } from './codex-login.ts';
import { credentialVariables } from './variables.ts';

/** Where credentials are looked for. */
export interface CredentialSources {
  /** The variables of the session, those that the agent's configuration adds included. */
  readonly env: Readonly<Record<string, string>>;
  /** What `prefish keys` keeps. */
  readonly keys: Keys;
}

/** A credential, and where it comes from. */
export interface Credential {
  readonly access: ModelAccess;
  /** The variable or key of that name; `Codex’s login`. */
  readonly name: string;
  /** `login`: the agent's own, which it did not get for tasks. */
  readonly source: 'variable' | 'key' | 'login';
  /** It is of an account, and no key of the API: the agent has to be told. */
  readonly isLogin: boolean;
}

/**
 * The credential with which an agent can use an API: a variable, else a kept key, else a token that the agent
 * alone can use, as a variable or key.
 *
 * @param agent the id of the known agent that it is for: some credentials are for one alone
 * @throws PREFISH_KEY_INVALID for a value that is none, or a base URL
 */
export function findCredential(
  api: ModelApi,
  agent: string | undefined,
  { env, keys }: CredentialSources,
): Credential | undefined {
  const fitting = credentialVariables.filter((variable) => variable.api === api);
  const general = fitting.filter((variable) => variable.agent === undefined);
  const own = fitting.filter((variable) => variable.agent !== undefined && variable.agent === agent);
  for (const { source, values, variables } of [
    { source: 'variable', values: env, variables: general },
    { source: 'key', values: keys, variables: general },
    { source: 'variable', values: env, variables: own },
    { source: 'key', values: keys, variables: own },
  ] as const) {
    for (const variable of variables) {
      const { name, header, headers, agent: only } = variable;
      if (header === undefined || !values[name]?.trim()) continue;
      const secret = keyValue(variable, values[name]);
      const url = urlOf(api, { env, keys });
      return {
        access: { api, url, secret, header, ...(headers && { headers }) },
        name,
        source,
        isLogin: only !== undefined,
      };
    }
  }
  return undefined;
}

/** The login that an agent has of its own, as a credential; `expired` when it has ended; `undefined` when there is none. */
export async function findLogin(
  agent: string | undefined,
  sources: CredentialSources,
): Promise<Credential | 'expired' | undefined> {
  if (agent !== 'codex') return undefined;
  const login = await readCodexLogin(sources.env);
  if (login === undefined) return undefined;
  if (login.kind === 'expired') return 'expired';
  return {
    access: accessOf(login, sources),
    name: 'Codex’s login',
    source: 'login',
    isLogin: login.kind === 'account',
  };
}

function accessOf(login: Exclude<CodexLogin, { kind: 'expired' }>, sources: CredentialSources): ModelAccess {
  if (login.kind === 'account') return login.access;
  return { api: 'openai', url: urlOf('openai', sources), secret: login.key, header: 'authorization' };
}

function urlOf(api: ModelApi, { env, keys }: CredentialSources): string {
  const variable = credentialVariables.find((known) => known.api === api && known.header === undefined)!;
  const value = env[variable.name]?.trim() || keys[variable.name];
  return value ? baseUrl(value, variable.name) : usualUrls[api];
}
