import type { Out, Outcome, RunContext } from '@prefish/core';
import type { AgentSpec } from './agent-spec.ts';
import { isInTask } from './in-task.ts';
import { bareMessage, type MessageParts } from './message-parts.ts';
import { runPlainCommand } from './plain-command.ts';
import { isWithin, projectOf } from './session-records.ts';
import type { Transcript } from './transcript/transcript.ts';
import type { Transcripts } from './transcript/transcripts.ts';
import type { TranscriptEntry } from './transcript/transcript-entry.ts';
import { IncomingLines } from './turn/incoming-lines.ts';

/** Messages to a program that speaks no protocol: it is started for each, and remembers none itself. */
export class PlainConversation {
  readonly name: string;
  readonly sessionId: undefined;
  readonly commands: readonly never[] = [];
  readonly #spec: Extract<AgentSpec, { kind: 'exec' }>;
  readonly #transcripts: Transcripts;
  #transcript: Transcript;
  #project: string | undefined;
  #incoming: IncomingLines | undefined;

  /** @param history what was said before it */
  constructor(
    spec: Extract<AgentSpec, { kind: 'exec' }>,
    transcripts: Transcripts,
    history: readonly TranscriptEntry[],
  ) {
    this.#spec = spec;
    this.name = spec.name;
    this.#transcripts = transcripts;
    this.#transcript = transcripts.begin(history);
  }

  /** What was said, as far as a message in that folder belongs to it. */
  async said(cwd: string): Promise<readonly TranscriptEntry[]> {
    return isWithin(cwd, this.#project ?? cwd) ? this.#transcript.read() : [];
  }

  clear(): void {
    this.#transcript = this.#transcripts.begin();
    this.#project = undefined;
  }

  async close(): Promise<void> {
    await this.#transcript.flush().catch(() => {});
  }

  /** Sends a message, and those that have come in while it was under way, one after the other. */
  async send(message: MessageParts, context: RunContext): Promise<Outcome> {
    if (this.#project !== undefined && !isWithin(context.cwd, this.#project)) this.clear();
    this.#project ??= projectOf(context.cwd);
    const incoming = (this.#incoming = IncomingLines.of(context, this.#incoming));
    let outcome = await this.#send(message, context);
    for (let text = incoming.nextMessage(); text !== undefined; text = incoming.nextMessage()) {
      outcome = await this.#send(bareMessage(text, context.cwd), context);
    }
    return outcome;
  }

  async #send({ text, plain }: MessageParts, context: RunContext): Promise<Outcome> {
    const out = this.#transcript.recording(isInTask(context) ? speaking(context.out) : context.out);
    out.event({ type: 'message', role: 'user', text });
    try {
      return await runPlainCommand(this.#spec, plain(), { ...context, out });
    } finally {
      await this.#transcript.flushOrWarn(context.out);
    }
  }
}

/** What the program prints is what the agent says: the last of it becomes the text of the task's commit. */
function speaking(out: Out): Out {
  return {
    ...out,
    write(text, stream = 'stdout') {
      if (stream === 'stderr') out.write(text, stream);
      else out.event({ type: 'message', role: 'agent', text });
    },
  };
}
