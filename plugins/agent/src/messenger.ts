import { join } from 'node:path';
import {
  errorMessage,
  isPrefishError,
  type Completion,
  type FoundTask,
  type Luggage,
  type Outcome,
  type PluginShell,
  type RunContext,
} from '@prefish/core';
import type { AgentSpec } from './agent-spec.ts';
import { conversationName } from './cloud/task-settings.ts';
import { attachmentsOf } from './context/attached-files.ts';
import type { PendingContext } from './context/pending-context.ts';
import { Conversation } from './conversation.ts';
import { AgentChoice } from './discovery/agent-choice.ts';
import { isInTask } from './in-task.ts';
import { messageParts, tellMissing, type Preamble } from './message-parts.ts';
import type { AgentOptions, TaskPermissions } from './options.ts';
import { PlainConversation } from './plain-conversation.ts';
import { describeEarlier } from './resume/announce-earlier.ts';
import { findEarlier, type Earlier } from './resume/find-earlier.ts';
import { applyFirst, entriesOf, type SearchContext } from './resume/task-conversation.ts';
import { SessionRecords } from './session-records.ts';
import { pointerTo } from './transcript/pointer.ts';
import type { TranscriptEntry } from './transcript/transcript-entry.ts';
import { Transcripts } from './transcript/transcripts.ts';

/** What is needed to say something before the first line. */
export type Announcing = Pick<PluginShell, 'session' | 'signal' | 'view' | 'notify' | 'warn'>;

/** Takes the messages of one shell to the agent that they are for. */
export class Messenger {
  readonly choice: AgentChoice;
  readonly #options: AgentOptions;
  readonly #folder: string;
  readonly #pending: PendingContext;
  readonly #records: SessionRecords;
  readonly #transcripts: Transcripts;
  #resume: AgentOptions['resume'];
  #earlier: Earlier | undefined;
  #lookingUp: Promise<void> | undefined;
  /** What a task changed is applied before the first message, if it is to be. */
  #toApply: FoundTask | undefined;
  #spec: AgentSpec | undefined;
  #conversation: Conversation | PlainConversation | undefined;
  /** What the next message begins with: where to read what was said before it. */
  #introduction: string | undefined;
  #permissions: TaskPermissions | undefined;

  constructor(options: AgentOptions, pending: PendingContext) {
    const folder = join(options.folders.state, 'agent');
    this.choice = new AgentChoice(options.agent, folder);
    this.#options = options;
    this.#folder = folder;
    this.#records = new SessionRecords(folder);
    this.#transcripts = new Transcripts(folder);
    this.#pending = pending;
    this.#resume = options.resume;
  }

  /** The agent that takes the messages, and the id of the conversation with it, once there are any. */
  get current():
    | { readonly id: string; readonly name: string; readonly session: string | undefined }
    | undefined {
    if (this.#spec === undefined) return undefined;
    const { id, name } = this.#spec;
    return { id, name: this.#conversation?.name ?? name, session: this.#conversation?.sessionId };
  }

  /**
   * Looks up what is to be gone on with before the first message, and says it. Where that cannot be, a new
   * conversation begins, and that is said.
   */
  announce(shell: Announcing): Promise<void> {
    this.#lookingUp ??= this.#announce(shell);
    return this.#lookingUp;
  }

  /** @throws PREFISH_AGENT_MISSING, PREFISH_AGENT_UNKNOWN, PREFISH_AGENT_SESSION, and what a {@link Conversation} throws */
  async send(text: string, context: RunContext): Promise<Outcome> {
    const spec = await (isInTask(context) ? this.#takeTask(context) : this.#choose(context));
    const conversation = (this.#conversation ??= await this.#begin(spec));
    return conversation.send(
      messageParts(text, context.cwd, () => this.#whatGoesBefore()),
      context,
    );
  }

  /**
   * What a message needs where it is teleported to, with the conversation so far: that of the task which it takes
   * up, or the one here.
   *
   * @throws what {@link send} throws before the agent starts; PREFISH_CREDENTIAL_MISSING, PREFISH_KEY_INVALID, PREFISH_KEYS_UNREADABLE
   */
  async prepare(text: string, context: RunContext, earlier?: FoundTask): Promise<Luggage> {
    const spec = await (earlier === undefined ? this.#choose(context) : this.choice.resolve(context));
    tellMissing(attachmentsOf(text, context.cwd).missing, context.out);
    const { prepareMessage } = await import('./cloud/prepare-message.ts');
    return prepareMessage(
      {
        spec,
        folders: { state: this.#folder, data: this.#options.folders.data },
        permissions: this.#options.tasks?.permissions ?? 'allow',
        conversation:
          earlier === undefined ? await this.#said(context.cwd) : await entriesOf(earlier, context.signal),
        pending: earlier === undefined ? this.#pending.entries : [],
      },
      context,
    );
  }

  /** Takes another agent for the messages that follow; the one before ends. */
  async switchTo(spec: AgentSpec): Promise<void> {
    await this.#conversation?.close();
    this.#forget();
    this.#conversation = undefined;
    this.#spec = spec;
  }

  /** Begins a new conversation with the next message. */
  clear(): Outcome {
    this.#forget();
    this.#conversation?.clear();
    this.#pending.drop();
    return { type: 'ok', message: 'the next message begins a new conversation' };
  }

  /** How many messages `&` would carry from here. */
  async carried(cwd: string): Promise<number> {
    return (await this.#said(cwd)).filter(({ type }) => type === 'message').length;
  }

  /** The slash commands of the agent that begin like this. */
  complete(body: string): readonly Completion[] {
    const [, typed] = /^\/(\S*)$/.exec(body) ?? [];
    if (typed === undefined) return [];
    return (this.#conversation?.commands ?? [])
      .filter(({ name }) => name.startsWith(typed))
      .map(({ name, description }) => ({ insert: `/${name}`, detail: description }));
  }

  /** Ends the agent. */
  async close(): Promise<void> {
    await this.#conversation?.close();
  }

  #forget(): void {
    this.#resume = undefined;
    this.#earlier = undefined;
    this.#toApply = undefined;
    this.#introduction = undefined;
  }

  /** The agent of the messages here: that of the conversation that was named, else the one of choice. */
  async #choose(context: RunContext): Promise<AgentSpec> {
    await this.#lookingUp;
    await this.#lookUp(context);
    if (this.#toApply !== undefined) await applyFirst(this.#toApply, context);
    this.#toApply = undefined;
    const earlier = this.#earlier?.kind === 'session' ? this.#earlier.record : undefined;
    return (this.#spec ??= await (earlier === undefined
      ? this.choice.resolve(context)
      : this.choice.named(earlier.agent, context)));
  }

  /** Finds the conversation that was named. @throws what {@link findEarlier} throws */
  async #lookUp(context: SearchContext): Promise<void> {
    if (this.#resume === undefined) return;
    this.#earlier = await findEarlier(this.#resume, this.#records, context);
    this.#toApply = this.#earlier.kind === 'task' ? this.#earlier.found : undefined;
    this.#resume = undefined;
  }

  async #announce({ session, signal, view, notify, warn }: Announcing): Promise<void> {
    const { cwd, env } = session;
    try {
      await this.#lookUp({ cwd, signal, shell: view });
      if (this.#earlier === undefined) return;
      if (this.#earlier.kind === 'session') this.choice.named(this.#earlier.record.agent, { env, cwd });
      notify(describeEarlier(this.#earlier));
    } catch (error) {
      if (signal.aborted) return;
      this.#forget();
      const { code, hint } = isPrefishError(error) ? error : {};
      const anew = 'The next message begins a new conversation.';
      warn(code ?? 'PREFISH_AGENT_SESSION', errorMessage(error), [...(hint ? [hint] : []), anew].join(' '));
    }
  }

  /** The agent that came along with the line. */
  async #takeTask(context: RunContext): Promise<AgentSpec> {
    if (this.#spec !== undefined) return this.#spec;
    const { taskAgent } = await import('./cloud/task-agent.ts');
    const { agent, permissions } = await taskAgent(context, this.#folder);
    const conversation = context.enclosed?.files[conversationName];
    if (conversation !== undefined) this.#introduction = pointerTo(conversation);
    this.#permissions = permissions;
    return (this.#spec = agent);
  }

  async #begin(spec: AgentSpec): Promise<Conversation | PlainConversation> {
    const earlier = this.#earlier;
    if (earlier?.kind === 'task') {
      this.#introduction = await this.#introduce(earlier.task.id, earlier.entries);
    }
    this.#earlier = undefined;
    await this.#transcripts.prune();
    const history = earlier?.kind === 'task' ? earlier.entries : [];
    if (spec.kind === 'exec') return new PlainConversation(spec, this.#transcripts, history);
    return new Conversation(spec, {
      records: this.#records,
      transcripts: this.#transcripts,
      permissions: this.#permissions,
      mayBeginAnew: this.#lookingUp !== undefined,
      history,
      introduce: (id, entries) => this.#introduce(id, entries),
      ...(earlier?.kind === 'session' ? { resume: earlier.record } : {}),
    });
  }

  /** Writes down what an agent did not say or hear itself, and says where that is. */
  async #introduce(id: string, entries: readonly TranscriptEntry[]): Promise<string> {
    return pointerTo(await this.#transcripts.export(id, entries));
  }

  /** What was said so far, as far as a message in that folder belongs to it. */
  async #said(cwd: string): Promise<readonly TranscriptEntry[]> {
    if (this.#earlier?.kind === 'task') return this.#earlier.entries;
    if (this.#earlier?.kind === 'session') return this.#transcripts.of(this.#earlier.record.id).read();
    return (await this.#conversation?.said(cwd)) ?? [];
  }

  /** The output of the lines before is taken when it goes, and not sent twice. */
  #whatGoesBefore(): Preamble {
    const introduction = this.#introduction;
    this.#introduction = undefined;
    return { introduction, output: this.#pending.take() };
  }
}
