import { closeSync, constants, openSync, readSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/**
 * A child that has ended is there until node-pty has waited for it, which takes its time on a busy machine;
 * 200 ms later node-pty closes the terminal, and all that is in it is lost. So it is looked for after these
 * pauses, in milliseconds.
 */
const pausesMs: readonly number[] = [...Array<number>(10).fill(1), ...Array<number>(100).fill(20)];

/**
 * Keeps what is typed for a program that ends without reading it. The queue of a pseudo-terminal is
 * gone with the last who has the program's side of it open, so this has it open until the program ends.
 */
export class UnreadInput {
  readonly #hasEnded: () => boolean;
  #fd: number | undefined;
  #looking: NodeJS.Timeout | undefined;
  #taken = false;
  #kept: readonly Buffer[] = [];

  /** @param path the program's side; without one nothing is kept */
  constructor(path: string | undefined, hasEnded: () => boolean) {
    this.#hasEnded = hasEnded;
    try {
      if (path !== undefined)
        this.#fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    } catch {
      return;
    }
    process.on('SIGCHLD', this.#childEnded);
    this.#look();
  }

  /** Whether the queue has been taken: what is typed now is for nobody in it. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Lets go of the pseudo-terminal, and returns what nobody has read of it. */
  take(): readonly Buffer[] {
    clearTimeout(this.#looking);
    process.off('SIGCHLD', this.#childEnded);
    this.#taken = true;
    if (this.#fd === undefined) return this.#kept;
    this.#kept = readQueue(this.#fd);
    closeSync(this.#fd);
    this.#fd = undefined;
    return this.#kept;
  }

  /** Lets go of the pseudo-terminal, and leaves what is in it to the program. */
  leave(): void {
    clearTimeout(this.#looking);
    process.off('SIGCHLD', this.#childEnded);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  readonly #childEnded = (): void => this.#look();

  #look(looks = 0): void {
    clearTimeout(this.#looking);
    const pause = pausesMs[looks];
    if (this.#hasEnded()) this.take();
    else if (pause !== undefined) this.#looking = setTimeout(() => this.#look(looks + 1), pause);
  }
}

/** Ctrl+D, and what Linux keeps in its place in a queue of lines. */
const [endOfInput, endMark] = [4, 0];

/** Everything in the queue of a terminal, also a line without an end: only raw mode gives that away. */
function readQueue(fd: number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  try {
    const terminal = new ReadStream(fd);
    terminal.setRawMode(true);
    terminal.destroy();
    for (;;) {
      const chunk = Buffer.alloc(4096);
      const length = readSync(fd, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length).map((byte) => (byte === endMark ? endOfInput : byte)) as Buffer);
    }
  } catch {
    // EAGAIN: that was all. EIO: there is no terminal any more.
  }
  return chunks;
}
