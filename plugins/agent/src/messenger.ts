import { join } from 'node:path';
import type { ContentBlock } from '@agentclientprotocol/sdk';
import { PrefishError, type Completion, type Outcome, type RunContext } from '@prefish/core';
import type { AgentSpec } from './agent-spec.ts';
import { attachedFiles } from './context/attached-files.ts';
import type { ContextEntry, PendingContext } from './context/pending-context.ts';
import { Conversation, type MessageParts } from './conversation.ts';
import { AgentChoice } from './discovery/agent-choice.ts';
import type { AgentOptions } from './options.ts';
import { runPlainCommand } from './plain-command.ts';
import { projectOf, SessionRecords, type SessionRecord } from './session-records.ts';

/** Takes the messages of one shell to the agent that they are for. */
export class Messenger {
  readonly choice: AgentChoice;
  readonly #pending: PendingContext;
  readonly #records: SessionRecords;
  #resume: AgentOptions['resume'];
  #spec: AgentSpec | undefined;
  #conversation: Conversation | undefined;

  constructor({ agent, folders, resume }: AgentOptions, pending: PendingContext) {
    const folder = join(folders.state, 'agent');
    this.choice = new AgentChoice(agent, folder);
    this.#records = new SessionRecords(folder);
    this.#pending = pending;
    this.#resume = resume;
  }

  /** The agent that takes the messages, and the id of the conversation with it, once there are any. */
  get current():
    | { readonly id: string; readonly name: string; readonly session: string | undefined }
    | undefined {
    if (this.#spec === undefined) return undefined;
    const { id, name } = this.#spec;
    return { id, name: this.#conversation?.name ?? name, session: this.#conversation?.sessionId };
  }

  /** @throws PREFISH_AGENT_MISSING, PREFISH_AGENT_UNKNOWN, PREFISH_AGENT_SESSION, and what a {@link Conversation} throws */
  async send(text: string, context: RunContext): Promise<Outcome> {
    if (text.includes('\0'))
      throw new PrefishError('PREFISH_USAGE', 'A message cannot hold a NUL character.');
    const earlier = await this.#earlier(context);
    const spec = (this.#spec ??= await (earlier === undefined
      ? this.choice.resolve(context)
      : this.choice.named(earlier.agent, context)));
    if (spec.kind === 'exec') {
      context.out.event({ type: 'message', role: 'user', text });
      const output = this.#pending.take().map((entry) => `${describe(entry)}\n\n`);
      return runPlainCommand(spec, output.join('') + text, context);
    }
    this.#resume = undefined;
    this.#conversation ??= new Conversation(spec, this.#records, earlier);
    return this.#conversation.send(this.#message(text, context.cwd), context);
  }

  /** Takes another agent for the messages that follow; the one before ends. */
  async switchTo(spec: AgentSpec): Promise<void> {
    await this.#conversation?.close();
    this.#conversation = undefined;
    this.#resume = undefined;
    this.#spec = spec;
  }

  /** Begins a new conversation with the next message. */
  clear(): Outcome {
    this.#resume = undefined;
    this.#conversation?.clear();
    this.#pending.drop();
    return { type: 'ok', message: 'the next message begins a new conversation' };
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

  /** What goes with the text. The output of the lines before is taken when it goes, and not sent twice. */
  #message(text: string, cwd: string): MessageParts {
    return {
      text,
      blocks: (takesResources) => ({
        before: this.#pending.take().map((entry, index) => outputBlock(entry, index, takesResources)),
        after: attachedFiles(text, cwd).map((file) => ({ type: 'resource_link', ...file })),
      }),
    };
  }

  /** The conversation that `--continue` or `--resume` named, until it is there. */
  async #earlier({ cwd }: RunContext): Promise<SessionRecord | undefined> {
    if (this.#resume === undefined) return undefined;
    const found =
      this.#resume === 'last'
        ? [await this.#records.last(projectOf(cwd))]
        : await this.#records.find(this.#resume);
    const [record, second] = found;
    if (second !== undefined)
      throw sessionError(`Several conversations have ids that begin with ${this.#resume}`);
    if (record !== undefined) return record;
    throw sessionError(
      this.#resume === 'last'
        ? 'There is no conversation to continue in this project'
        : `No conversation has the id ${this.#resume}`,
    );
  }
}

function outputBlock(entry: ContextEntry, index: number, takesResources: boolean): ContentBlock {
  const text = describe(entry);
  if (!takesResources) return { type: 'text', text };
  return { type: 'resource', resource: { uri: `prefish:output/${index + 1}`, mimeType: 'text/plain', text } };
}

function describe({ text }: ContextEntry): string {
  return `The user ran this in their shell:\n${text}`;
}

function sessionError(message: string): PrefishError {
  return new PrefishError('PREFISH_AGENT_SESSION', message);
}
