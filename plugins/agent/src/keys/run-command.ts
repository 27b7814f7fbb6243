import { join } from 'node:path';
import { PrefishError, type Outcome, type RunContext } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { readCodexLogin } from '../credentials/codex-login.ts';
import { LoginConsent, type Consent } from '../credentials/login-consent.ts';
import { findProgram } from '@prefish/processes';
import { configuredAgent } from '../discovery/agent-choice.ts';
import { knownAgents } from '../discovery/known-agents.ts';
import type { AgentOptions } from '../options.ts';
import { keyNamed, keyValue } from './key-names.ts';
import { KeyStore } from './key-store.ts';
import { describeKeys, listKeys } from './list-keys.ts';

type Folders = AgentOptions['folders'];

/** `keys ls` @throws PREFISH_KEYS_UNREADABLE */
export async function list(
  { data, state }: Folders,
  configured: AgentOptions['agent'],
  context: RunContext,
): Promise<Outcome> {
  const sources = { env: context.env, keys: await new KeyStore(data).read() };
  const spec = configured === undefined ? undefined : specOf(configured, context);
  const listed = await listKeys(sources, consentIn(state), spec);
  return { type: 'ok', message: describeKeys(listed), data: { keys: listed } };
}

/** `keys set NAME` @throws PREFISH_KEY_INVALID, PREFISH_KEYS_UNREADABLE, PREFISH_NO_TTY */
export async function set(
  [name, ...others]: readonly string[],
  { data }: Folders,
  context: RunContext,
): Promise<Outcome> {
  if (name === undefined) throw new PrefishError('PREFISH_USAGE', 'keys set needs a NAME');
  if (others.length > 0) {
    throw new PrefishError('PREFISH_USAGE', 'A key is not taken from the command line; nothing was kept', {
      hint: 'Others can see it there. prefish keys set NAME asks for it, or reads it from standard input.',
    });
  }
  const variable = keyNamed(name);
  const what = variable.header === undefined ? 'address' : 'secret';
  const typed = await context.ask.secret(`${variable.name} (the ${what} is not shown)`);
  const value = keyValue(variable, typed);
  await new KeyStore(data).set(variable.name, value, context.signal);
  const shadowed = context.env[variable.name] ? ' The variable of that name comes first.' : '';
  return { type: 'ok', message: `${variable.name} is kept.${shadowed}`, data: { set: variable.name } };
}

/** `keys rm NAME` @throws PREFISH_KEY_INVALID, PREFISH_KEY_NOT_FOUND, PREFISH_KEYS_UNREADABLE */
export async function remove(name: string, { data }: Folders, { signal }: RunContext): Promise<Outcome> {
  const { name: variable } = keyNamed(name);
  if (await new KeyStore(data).remove(variable, signal)) {
    return { type: 'ok', message: `${variable} is forgotten.`, data: { removed: variable } };
  }
  throw new PrefishError('PREFISH_KEY_NOT_FOUND', `There is no key ${variable}`, {
    hint: 'prefish keys ls lists those that there are.',
  });
}

/** `keys allow AGENT` and `disallow` @throws PREFISH_KEY_INVALID */
export async function sayOfLogin(
  agent: string,
  consent: Consent,
  { state }: Folders,
  { env }: Pick<RunContext, 'env'>,
): Promise<Outcome> {
  if (agent !== 'codex') {
    throw new PrefishError('PREFISH_KEY_INVALID', `“${agent}” has no login that tasks could use`, {
      hint:
        agent === 'claude'
          ? 'claude setup-token makes a token; prefish keys set CLAUDE_CODE_OAUTH_TOKEN keeps it for tasks.'
          : 'Only codex has one. For others: prefish keys set NAME.',
    });
  }
  await consentIn(state).say(agent, consent);
  const message = consent === 'allowed' ? 'Tasks may use Codex’s login.' : 'No task uses Codex’s login.';
  const there = (await readCodexLogin(env)) !== undefined;
  const lacking = consent === 'refused' || there ? '' : ` There is none yet: ${howToLogIn(env)}`;
  return { type: 'ok', message: message + lacking, data: { agent, login: consent, there } };
}

function howToLogIn(env: RunContext['env']): string {
  const { program, login } = knownAgents.find(({ id }) => id === 'codex')!;
  const isThere = findProgram(program!, env['PATH']) !== undefined;
  return isThere ? `${login} makes one.` : 'Codex is not on PATH. Once it is, `codex login` makes one.';
}

/** The configured agent. Keys can be looked at without its program. */
function specOf(
  configured: NonNullable<AgentOptions['agent']>,
  context: Pick<RunContext, 'env' | 'cwd'>,
): AgentSpec | undefined {
  try {
    return configuredAgent(configured, context);
  } catch {
    return undefined;
  }
}

function consentIn(state: string): LoginConsent {
  return new LoginConsent(join(state, 'agent'));
}
