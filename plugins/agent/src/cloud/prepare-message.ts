import { type Luggage, type RunContext } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import type { ContextEntry } from '../context/pending-context.ts';
import { unusualPlace } from '../credentials/base-url.ts';
import type { Credential } from '../credentials/find-credential.ts';
import { LoginConsent } from '../credentials/login-consent.ts';
import { taskCredential } from '../credentials/task-credential.ts';
import { KeyStore } from '../keys/key-store.ts';
import type { AgentOptions, TaskPermissions } from '../options.ts';
import { conversationFile } from '../transcript/conversation-file.ts';
import type { TranscriptEntry } from '../transcript/transcript-entry.ts';
import { modelVariables } from './model-variables.ts';
import { programsOf } from './task-programs.ts';
import { conversationName, settingsOf } from './task-settings.ts';

/** What a message is packed from. */
export interface MessageSources {
  readonly spec: AgentSpec;
  /** Of this plugin in the state, and where keys are. */
  readonly folders: AgentOptions['folders'];
  readonly permissions: TaskPermissions;
  /** What was said before. */
  readonly conversation: readonly TranscriptEntry[];
  /** The output that would go with the next message. */
  readonly pending: readonly ContextEntry[];
}

/**
 * Packs what a message needs in a task: its agent, leave to use a model, the conversation so far.
 *
 * @throws PREFISH_CREDENTIAL_MISSING, PREFISH_KEY_INVALID, PREFISH_KEYS_UNREADABLE
 */
export async function prepareMessage(sources: MessageSources, context: RunContext): Promise<Luggage> {
  const { spec, folders, permissions, conversation, pending } = sources;
  const { env, ask } = context;
  const keys = await new KeyStore(folders.data).read();
  const consent = new LoginConsent(folders.state);
  const credential = await taskCredential(spec, { env, keys }, { consent, ask });
  const chosen = modelVariables(spec, env);
  const terms = { permissions, login: credential?.isLogin === true };
  const { settings, left } = settingsOf(spec, terms, chosen);
  const file = conversationFile({ entries: conversation, agent: spec.name, pending });
  const messages = conversation.filter(({ type }) => type === 'message').length;
  return {
    settings,
    ...(file === undefined ? {} : { files: { [conversationName]: file.text } }),
    ...(credential === undefined ? {} : { models: [credential.access] }),
    programs: programsOf(spec, env),
    summary: [
      `the agent ${spec.name}`,
      ...(credential === undefined ? [] : [leaveToUse(credential)]),
      ...(Object.keys(chosen).length === 0 ? [] : [`the chosen model (${Object.keys(chosen).join(', ')})`]),
      ...(messages === 0 || file === undefined
        ? []
        : [`${file.shortened ? 'the end of ' : ''}the conversation (${counted(messages, 'message')})`]),
      ...(pending.length === 0 ? [] : [`the output of ${counted(pending.length, 'line')}`]),
      ...(left.length === 0 ? [] : [`not ${left.join(', ')} of the agent’s configuration`]),
    ],
  };
}

/** A login is shown to its own provider; a variable may say where a key is. */
function leaveToUse({ name, source, access }: Credential): string {
  const place = source === 'login' ? undefined : unusualPlace(access);
  return `leave to use ${name}${place === undefined ? '' : ` at ${place}`}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
