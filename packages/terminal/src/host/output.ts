import type { Writable } from 'node:stream';

/** How many bytes at the end of a chunk are looked at to see whether a line was left unfinished. */
const tailLength = 256;
const enterAlternate = '\x1b[?1049h';
const leaveAlternate = '\x1b[?1049l';

/** Standard output and error as one screen: who prints on it, and whether its last line is finished. */
export class Output {
  readonly #streams: Readonly<Record<'stdout' | 'stderr', Writable>>;
  readonly #printsRaw: () => boolean;
  #atLineStart = true;
  /** {@link #atLineStart} as it was before somebody went to the alternate screen; absent where nobody is there. */
  #before: boolean | undefined;

  /** @param printsRaw whether `\n` must be written as `\r\n` now */
  constructor(streams: Readonly<Record<'stdout' | 'stderr', Writable>>, printsRaw: () => boolean) {
    this.#streams = streams;
    this.#printsRaw = printsRaw;
    // Without a listener a reader that went away would end the process with a stack trace.
    for (const stream of Object.values(streams)) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        ignoreBrokenPipe(error);
        readerless.add(stream);
      });
    }
  }

  /** Whether the next character starts a line. */
  get atLineStart(): boolean {
    return this.#atLineStart;
  }

  write(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (text === '') return;
    this.note(text.slice(-tailLength));
    const target = this.#streams[stream];
    if (!target.destroyed) target.write(this.#printsRaw() ? text.replaceAll(/\r?\n/g, '\r\n') : text);
  }

  /** Writes what need not be text, unchanged. */
  writeBytes(chunk: Uint8Array, stream: 'stdout' | 'stderr'): void {
    this.note(chunk.subarray(-tailLength));
    const target = this.#streams[stream];
    if (!target.destroyed) target.write(chunk);
  }

  /** Takes note of what somebody else printed. Whoever leaves the alternate screen is where they were before it. */
  note(printed: string | Uint8Array): void {
    const data =
      typeof printed === 'string'
        ? Buffer.from(printed)
        : Buffer.from(printed.buffer, printed.byteOffset, printed.byteLength);
    const entered = data.lastIndexOf(enterAlternate);
    const left = data.lastIndexOf(leaveAlternate);
    if (entered !== -1 && this.#before === undefined) {
      this.#noteEnd(data.subarray(0, data.indexOf(enterAlternate)));
      this.#before = this.#atLineStart;
    }
    if (left > entered) {
      this.#atLineStart = this.#before ?? true;
      this.#before = undefined;
    }
    if (this.#before === undefined)
      this.#noteEnd(data.subarray(left === -1 ? 0 : left + leaveAlternate.length));
  }

  #noteEnd(printed: Buffer): void {
    const shown = printed
      .toString('latin1', Math.max(0, printed.length - tailLength))
      .replaceAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-Z\\^-~])/g, '');
    const last = shown.at(-1);
    if (last !== undefined) this.#atLineStart = last === '\n' || last === '\r';
  }

  /** Ends a line that a program left unfinished. */
  freshLine(): void {
    this.#before = undefined;
    if (!this.#atLineStart) this.write('\n');
  }

  /** Resolves when both streams take more. */
  async drain(): Promise<void> {
    await Promise.all(Object.values(this.#streams).map(drained));
  }
}

/** Streams whose reader went away. Node takes back that standard output was destroyed, so the stream does not say so itself. */
const readerless = new WeakSet<Writable>();

/** Resolves when `stream` has room again, or will never have. */
export function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed || readerless.has(stream)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}
