import type { AvailableCommand, ContentBlock } from '@agentclientprotocol/sdk';
import type { Outcome, PrefishError, RunContext } from '@prefish/core';
import type { AcpAgentSpec } from './agent-spec.ts';
import { AgentConnection, type ConnectOptions } from './connection/agent-connection.ts';
import { bareMessage, tellAttachments, type MessageParts } from './message-parts.ts';
import { isWithin, projectOf, type SessionRecord, type SessionRecords } from './session-records.ts';
import { resumeSession } from './resume/resume-session.ts';
import type { TaskPermissions } from './options.ts';
import type { TranscriptEntry } from './transcript/transcript-entry.ts';
import type { Transcript } from './transcript/transcript.ts';
import type { Transcripts } from './transcript/transcripts.ts';
import { IncomingLines } from './turn/incoming-lines.ts';
import { outcomeOf } from './turn/outcome-of.ts';
import { Permissions } from './turn/permissions.ts';
import { SessionUpdates } from './turn/session-updates.ts';

/** A conversation on the agent's side, as long as this shell uses it. */
interface OpenSession {
  readonly id: string;
  readonly cwd: string;
  readonly project: string;
  /** The beginning of its first message. */
  readonly title: string;
  readonly permissions: Permissions;
  readonly transcript: Transcript;
  /** The process that knows it now. */
  readonly connection: AgentConnection;
}

/** How a conversation is held. */
export interface ConversationOptions {
  readonly records: SessionRecords;
  readonly transcripts: Transcripts;
  /** The conversation that the first message continues. */
  readonly resume?: SessionRecord | undefined;
  /** Whether a new conversation begins where the earlier one cannot be continued. Default: that is an error. */
  readonly mayBeginAnew?: boolean;
  /** What becomes of the agent's requests for permission. Default: `ask`. */
  readonly permissions?: TaskPermissions | undefined;
  /** What was said before it, elsewhere. */
  readonly history?: readonly TranscriptEntry[];
  /** Writes down what was said in another conversation, and resolves with what the agent is told of it. */
  introduce(name: string, entries: readonly TranscriptEntry[]): Promise<string>;
}

/** The conversation with one agent: its process, and its session there. The process starts with the first message. */
export class Conversation {
  readonly spec: AcpAgentSpec;
  readonly #options: ConversationOptions;
  #connection: AgentConnection | undefined;
  #session: OpenSession | undefined;
  #resume: SessionRecord | undefined;
  #incoming: IncomingLines | undefined;
  #history: readonly TranscriptEntry[];
  #introduction: string | undefined;

  constructor(spec: AcpAgentSpec, options: ConversationOptions) {
    this.spec = spec;
    this.#options = options;
    this.#resume = options.resume;
    this.#history = options.history ?? [];
  }

  /** What people call the agent. */
  get name(): string {
    return this.#connection?.name ?? this.spec.name;
  }

  /** The slash commands that the agent offers. */
  get commands(): readonly AvailableCommand[] {
    return this.#connection?.commands ?? [];
  }

  /** The id of the conversation, once there is one. */
  get sessionId(): string | undefined {
    return this.#session?.id;
  }

  /** What was said, as far as a message in that folder belongs to it: one in another project begins anew. */
  async said(cwd: string): Promise<readonly TranscriptEntry[]> {
    if (this.#session !== undefined) {
      return isWithin(cwd, this.#session.project) ? this.#session.transcript.read() : [];
    }
    return this.#resume === undefined ? this.#history : this.#options.transcripts.of(this.#resume.id).read();
  }

  /** Begins a new conversation with the next message. */
  clear(): void {
    this.#session = undefined;
    this.#resume = undefined;
    this.#history = [];
    this.#introduction = undefined;
  }

  /** Ends the agent. */
  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** Sends a message, and those that come in while it is under way, one after the other. */
  async send(message: MessageParts, context: RunContext): Promise<Outcome> {
    const incoming = (this.#incoming = IncomingLines.of(context, this.#incoming));
    const outcome = await this.#send(message, context, incoming);
    for (let text = incoming.nextMessage(); text !== undefined; text = incoming.nextMessage()) {
      await this.#send(bareMessage(text, context.cwd), context, incoming);
    }
    return outcome;
  }

  async #send(message: MessageParts, context: RunContext, incoming: IncomingLines): Promise<Outcome> {
    context.out.event({ type: 'message', role: 'user', text: message.text });
    const session = await this.#openSession(message.text, context);
    session.transcript.add({ type: 'message', role: 'user', text: message.text });
    const out = session.transcript.recording(context.out);
    tellAttachments(message.attachments, out);
    const { before, after } = message.blocks(session.connection.takesResources);
    const canceling = new AbortController();
    const signal = AbortSignal.any([context.signal, canceling.signal]);
    const updates = new SessionUpdates({ sessionId: session.id, out });
    session.permissions.begin();
    const { connection } = session;
    // One question at a time, and nothing is printed over it: the agent is read on when it is answered.
    let asked: Promise<unknown> = Promise.resolve();
    const stopReason = await connection
      .prompt(
        session.id,
        [
          ...this.#takeIntroduction(),
          ...before,
          ...whereabouts(session, context),
          { type: 'text', text: message.text },
          ...after,
        ],
        {
          async update(params) {
            await asked;
            updates.take(params);
            await out.drain();
          },
          permission(request) {
            const answer = asked.then(() =>
              session.permissions.answer(request, updates.tool(request.toolCall), {
                agent: connection.name,
                context: { ...context, signal },
                incoming,
                cancel: (reason) => canceling.abort(reason),
              }),
            );
            asked = answer.catch(() => {});
            return answer;
          },
        },
        { signal, slow: (text) => out.warn('PREFISH_AGENT_SLOW', text) },
      )
      .catch((error: unknown) => {
        throw canceling.signal.aborted ? canceling.signal.reason : error;
      })
      .finally(() => session.transcript.flushOrWarn(context.out));
    if (canceling.signal.aborted) throw canceling.signal.reason;
    return outcomeOf(stopReason, connection.name);
  }

  /** The conversation, with a process that knows it. */
  async #openSession(text: string, context: RunContext): Promise<OpenSession> {
    const options: ConnectOptions = {
      cwd: context.cwd,
      env: context.env,
      signal: context.signal,
      slow: (message) => context.out.warn('PREFISH_AGENT_SLOW', message),
    };
    if (this.#session !== undefined && !isWithin(context.cwd, this.#session.project)) {
      context.out.warn(
        'PREFISH_AGENT_SESSION',
        `${this.#session.project} is left behind, and the conversation with it: a new one begins here.`,
        'In that folder, prefish --continue goes on with it.',
      );
      this.#session = undefined;
    }
    const project = this.#session?.project ?? projectOf(context.cwd);
    const connection = await this.#openConnection(options);
    if (this.#session?.connection === connection) return this.#session;
    const earlier = this.#resume ?? this.#session;
    const permissions = this.#session?.permissions ?? new Permissions(this.#options.permissions);
    const failure = earlier && (await resumeSession(connection, earlier, options));
    if (earlier !== undefined && failure !== undefined) await this.#handOver(earlier, failure, context);
    const resumed = earlier !== undefined && failure === undefined;
    const cwd = resumed ? earlier.cwd : context.cwd;
    const id = resumed ? earlier.id : await connection.newSession(cwd, options);
    const title = resumed ? earlier.title : text.slice(0, 80);
    this.#resume = undefined;
    const transcript = this.#session?.id === id ? this.#session.transcript : this.#options.transcripts.of(id);
    for (const entry of this.#history) transcript.add(entry);
    this.#history = [];
    this.#session = { id, cwd, project, title, permissions, transcript, connection };
    await this.#remember(this.#session, context);
    return this.#session;
  }

  /**
   * An agent that cannot go on with a conversation begins another, and is told where to read that one. Without
   * a transcript of it, one that was asked for by name is not exchanged for a new one, unless a person is there to see it.
   */
  async #handOver(
    earlier: { readonly id: string },
    failure: PrefishError,
    { out }: RunContext,
  ): Promise<void> {
    const entries = await this.#options.transcripts.of(earlier.id).read();
    const isInsistedOn = earlier === this.#resume && this.#options.mayBeginAnew !== true;
    if (entries.length === 0 && isInsistedOn) throw failure;
    if (entries.length > 0) {
      this.#introduction = await this.#options.introduce(earlier.id, entries);
      this.#history = entries;
    }
    out.warn(
      'PREFISH_AGENT_SESSION',
      failure.message,
      entries.length === 0
        ? 'A new conversation begins; it knows nothing of the one before.'
        : 'A new conversation begins, and the agent is told where to read the one before.',
    );
  }

  #takeIntroduction(): ContentBlock[] {
    const text = this.#introduction;
    this.#introduction = undefined;
    return text === undefined ? [] : [{ type: 'text', text }];
  }

  async #openConnection(options: ConnectOptions): Promise<AgentConnection> {
    if (this.#connection?.isOpen) return this.#connection;
    await this.#connection?.close();
    this.#connection = await AgentConnection.open(this.spec, options);
    return this.#connection;
  }

  /** Writes down where to find the conversation. That it cannot be written is no reason to say nothing to the agent. */
  async #remember({ id, cwd, project, title }: OpenSession, { out }: RunContext): Promise<void> {
    const at = new Date().toISOString();
    await this.#options.records
      .add({ id, agent: this.spec.id, project, cwd, title, at })
      .catch((error: Error) => {
        out.warn('PREFISH_AGENT_SESSION', `--continue will not find this conversation: ${error.message}`);
      });
  }
}

/** A conversation stays where it began; that the user has gone elsewhere since is said. */
function whereabouts(session: OpenSession, { cwd }: RunContext): ContentBlock[] {
  return cwd === session.cwd ? [] : [{ type: 'text', text: `(The user’s shell is now in ${cwd}.)` }];
}
