import { PrefishError, type Json } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import type { TaskPermissions } from '../options.ts';

/** The file of the conversation so far, by the name that a task knows it under. */
export const conversationName = 'conversation.md';

/** What goes along with a message: which agent takes it in the task, and what it may do unasked. */
export interface TaskSettings {
  readonly agent: AgentSpec;
  readonly permissions: TaskPermissions;
  /** Whether its credential is of an account, and no key. */
  readonly login: boolean;
}

/** Names of variables that hold a secret, as people call them. */
const secretName =
  /(?:^|_)(?:(?:API)?KEYS?|TOKENS?|SECRETS?|PASS|PASSWORD|PASSWD|PASSPHRASE|PAT|AUTH|AUTHORIZATION|HEADERS?|COOKIES?|CREDENTIALS?|BASE_URL)(?:_|$)/i;
const passwordInUrl = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/**
 * The agent as it is started in a task, with the `chosen` model unless its configuration has another; and the variables of its configuration
 * that stay here: they may be secrets.
 */
export function settingsOf(
  spec: AgentSpec,
  { permissions, login }: Omit<TaskSettings, 'agent'>,
  chosen: Readonly<Record<string, string>> = {},
): { readonly settings: Json; readonly left: readonly string[] } {
  const { id, kind, name, file, args, model } = spec;
  const env = Object.entries(spec.env ?? {});
  const stays = ([variable, value]: [string, string]): boolean =>
    secretName.test(variable) || passwordInUrl.test(value);
  const mode = spec.kind === 'acp' ? spec.mode : undefined;
  const agent: Json = {
    id,
    kind,
    name,
    file,
    args,
    env: { ...chosen, ...Object.fromEntries(env.filter((entry) => !stays(entry))) },
    ...(mode === undefined ? {} : { mode }),
    ...(model === undefined ? {} : { model }),
  };
  return { settings: { agent, permissions, login }, left: env.filter(stays).map(([variable]) => variable) };
}

/**
 * Reads what {@link settingsOf} wrote, which has been through a server.
 *
 * @throws PREFISH_AGENT_MISSING when it is not there, or of another version of prefish
 */
export function readSettings(settings: Json | undefined): TaskSettings {
  const { agent, permissions, login } = (settings ?? {}) as Partial<TaskSettings>;
  const isThere =
    (agent?.kind === 'acp' || agent?.kind === 'exec') &&
    [agent.id, agent.name, agent.file].every((text) => typeof text === 'string') &&
    Array.isArray(agent.args);
  if (isThere) return { agent, permissions: permissions === 'ask' ? 'ask' : 'allow', login: login === true };
  throw new PrefishError('PREFISH_AGENT_MISSING', 'This task was sent without an agent to take the message', {
    hint: 'Send it with & in front, from a prefish of this version: & MESSAGE.',
  });
}
