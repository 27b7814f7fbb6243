import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, isPrefishError, type Event, type EventRenderer, type FoundTask } from '@prefish/core';
import { isServerAway } from '@prefish/protocol';
import type { Style } from '@prefish/screen';
import { Transcript, type TranscriptLimits, type TranscriptOptions } from './transcript.ts';

/** A server that is away is tried again after so long, in milliseconds. */
const againMs = 1000;

/** What a {@link TranscriptReader} is given. */
export interface TranscriptReaderOptions {
  readonly style: Style;
  readonly columns: number;
  /** A renderer for a screen of so many columns. */
  readonly renderer: (columns: number) => Promise<EventRenderer>;
  readonly limits?: TranscriptLimits;
  /** There is something new to see. */
  changed(): void;
  /** Another part is held now, or the same one in another width: what stood at a place of `before` is to be found in `after`. */
  replaced(before: Transcript, after: Transcript): void;
  /** {@link TranscriptOptions.moved} of the one that is held */
  readonly moved?: TranscriptOptions['moved'];
}

/** The part of a task's transcript that is looked at: its end as it comes, or what lies before, read again. */
export class TranscriptReader {
  readonly #found: FoundTask;
  readonly #options: TranscriptReaderOptions;
  readonly #signal: AbortSignal;
  #transcript: Transcript;
  #columns: number;
  /** The last event that there is, as far as is known. */
  #newest = 0;
  /** The first one that can be read. */
  #oldest = 1;
  #busy = false;

  private constructor(
    found: FoundTask,
    options: TranscriptReaderOptions,
    signal: AbortSignal,
    renderer: EventRenderer,
  ) {
    this.#found = found;
    this.#options = options;
    this.#signal = signal;
    this.#columns = options.columns;
    this.#transcript = new Transcript(renderer, options);
  }

  static async open(
    found: FoundTask,
    options: TranscriptReaderOptions,
    signal: AbortSignal,
  ): Promise<TranscriptReader> {
    return new TranscriptReader(found, options, signal, await options.renderer(options.columns));
  }

  get transcript(): Transcript {
    return this.#transcript;
  }

  /** Whether the end of the transcript is held. */
  get atEnd(): boolean {
    return this.#transcript.lastSeq >= this.#newest;
  }

  /** Whether its beginning is. */
  get atBeginning(): boolean {
    return this.#transcript.firstSeq <= this.#oldest;
  }

  /** Reads what there is and what comes, until the task has ended, however long its server is away. */
  async follow(): Promise<void> {
    try {
      while (!(await this.#followOn())) await sleep(againMs, undefined, { signal: this.#signal });
    } catch (error) {
      if (this.#signal.aborted) return;
      this.#transcript.note(`The transcript breaks off: ${errorMessage(error)}`);
      this.#options.changed();
    }
  }

  /** Resolves with whether the task has ended, and not just its server gone away. */
  async #followOn(): Promise<boolean> {
    try {
      for await (const event of this.#events(this.#newest, true)) {
        const wasAtEnd = this.atEnd;
        this.#newest = event.seq;
        if (wasAtEnd) this.#transcript.add(event);
        this.#options.changed();
      }
      return true;
    } catch (error) {
      if (isPrefishError(error) && isServerAway(error)) return false;
      throw error;
    }
  }

  /** Holds what lies before, and the beginning of what is held. */
  older(): void {
    const { firstSeq, eventCount } = this.#transcript;
    this.#read(Math.max(0, firstSeq - 1 - Math.ceil(eventCount / 2)), firstSeq);
  }

  /** Holds what comes after, and the end of what is held. */
  newer(): void {
    const { lastSeq, eventCount } = this.#transcript;
    this.#read(Math.max(0, lastSeq - Math.ceil(eventCount / 2)), lastSeq);
  }

  /** Holds the beginning. */
  oldest(): void {
    this.#read(0, 0);
  }

  /** Holds the end again. */
  newest(): void {
    this.#read(Math.max(0, this.#newest - this.#transcript.eventCount), this.#newest);
  }

  /** Draws what is held for another width. */
  resize(columns: number): void {
    if (columns === this.#columns) return;
    this.#replace(async () => {
      this.#columns = columns;
      return this.#transcript.drawnBy(await this.#options.renderer(columns), this.#transcript.isOpen);
    });
  }

  /** Opens the tool calls, or closes them. */
  toggleCalls(): void {
    this.#replace(async () =>
      this.#transcript.drawnBy(await this.#options.renderer(this.#columns), !this.#transcript.isOpen),
    );
  }

  /** Holds the events after one, as many as there is room for; `kept` among them. */
  #read(after: number, kept: number): void {
    this.#replace(async () => {
      const { isOpen } = this.#transcript;
      const renderer = await this.#options.renderer(this.#columns);
      const transcript = new Transcript(renderer, { ...this.#options, isOpen });
      for await (const event of this.#events(after, false)) {
        if (event.seq > kept && transcript.full) break;
        transcript.add(event);
      }
      // The source keeps nothing before.
      if (after < kept && transcript.firstSeq === kept) this.#oldest = kept;
      return transcript;
    });
  }

  /** One at a time: who still wants another part asks again. */
  #replace(read: () => Promise<Transcript>): void {
    if (this.#busy) return;
    this.#busy = true;
    const replace = async (): Promise<void> => {
      const after = await read();
      const before = this.#transcript;
      this.#transcript = after;
      this.#options.replaced(before, after);
    };
    replace()
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#transcript.note(`That part cannot be read: ${errorMessage(error)}`);
      })
      .finally(() => {
        this.#busy = false;
        this.#options.changed();
      });
  }

  #events(after: number, follow: boolean): AsyncIterable<Event> {
    const { source, task } = this.#found;
    return source.events?.(task.id, { after, follow, quiet: true }, this.#signal) ?? nothing();
  }
}

async function* nothing(): AsyncIterable<Event> {}
