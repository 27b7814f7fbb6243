import { isPrefishError, PrefishError, type RunContext } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { apisOf, knownIdOf } from './agent-apis.ts';
import { findCredential, findLogin, type Credential, type CredentialSources } from './find-credential.ts';
import type { LoginConsent } from './login-consent.ts';
import { usualKey } from './variables.ts';

/** What stands between an agent and a model, where there is no credential. */
export interface Lacking {
  readonly why: string;
  /** What mends it: one command. */
  readonly fix: string;
  /** The agent has a login of its own, and nobody has said yet whether tasks may use it. */
  readonly login?: Credential;
}

/** How an agent gets at its model in a task. */
export type TaskCredential =
  | { readonly kind: 'found'; readonly credential: Credential }
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'lacking'; readonly lacking: Lacking };

/** Looks for what an agent can use in a task; asks nobody. @throws PREFISH_KEY_INVALID for a base URL that is none */
export async function findTaskCredential(
  spec: AgentSpec,
  sources: CredentialSources,
  consent: LoginConsent,
): Promise<TaskCredential> {
  const apis = apisOf(spec);
  const [first] = apis;
  if (first === undefined) return { kind: 'not-needed' };
  const known = knownIdOf(spec);
  const places = { env: { ...sources.env, ...spec.env }, keys: sources.keys };
  for (const api of apis) {
    const credential = findCredential(api, known, places);
    if (credential !== undefined) return { kind: 'found', credential };
  }
  const lacking = (lack: Lacking): TaskCredential => ({ kind: 'lacking', lacking: lack });
  const fix = `prefish keys set ${usualKey(first)}`;
  const login = await findLogin(known, places);
  const why = `${spec.name} has no credential that a task may use`;
  if (login === undefined) return lacking({ why, fix });
  if (login === 'expired') {
    return lacking({
      why: `The token of ${spec.name}’s login has expired`,
      fix: 'Run codex once: that renews it.',
    });
  }
  const said = await consent.of(known!);
  if (said === 'allowed') return { kind: 'found', credential: login };
  const refused = said === 'refused';
  return lacking({
    why: refused ? `${why}, and its own login was refused` : why,
    fix: refused ? fix : `prefish keys allow ${known}`,
    ...(refused ? {} : { login }),
  });
}

/**
 * The credential of an agent in a task; `undefined` when it needs none. Its own login is asked for, once.
 *
 * @throws PREFISH_CREDENTIAL_MISSING with the command that mends it, PREFISH_KEY_INVALID
 */
export async function taskCredential(
  spec: AgentSpec,
  sources: CredentialSources,
  { consent, ask }: { readonly consent: LoginConsent; readonly ask: RunContext['ask'] },
): Promise<Credential | undefined> {
  const found = await findTaskCredential(spec, sources, consent);
  if (found.kind === 'not-needed') return undefined;
  if (found.kind === 'found') return found.credential;
  const { lacking } = found;
  const { login } = lacking;
  if (login === undefined) throw missing(lacking);
  const agent = knownIdOf(spec)!;
  let isAllowed: boolean;
  try {
    isAllowed = await ask.confirm(`Let tasks use ${login.name}? It stays outside of the sandbox.`, {
      default: true,
    });
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    throw missing(lacking);
  }
  await consent.say(agent, isAllowed ? 'allowed' : 'refused');
  if (isAllowed) return login;
  throw missing({ ...lacking, fix: `prefish keys set ${usualKey('openai')}` });
}

function missing({ why, fix }: Lacking): PrefishError {
  return new PrefishError('PREFISH_CREDENTIAL_MISSING', `${why}; nothing was sent`, {
    hint: fix,
  });
}
