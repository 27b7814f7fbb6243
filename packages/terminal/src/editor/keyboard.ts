import type { ReadStream, WriteStream } from 'node:tty';
import { createKeyDecoder, type KeyDecoder, type KeyPress } from '@prefish/screen';
import type { TerminalMode } from '../host/terminal-mode.ts';

const bracketedPasteOn = '\x1b[?2004h';
const bracketedPasteOff = '\x1b[?2004l';

const [ctrlC, lineFeed, carriageReturn] = [0x03, 0x0a, 0x0d];

/** What was typed before the terminal was raw is read within so many milliseconds. */
const typedAheadMs = 1000;

/** What a {@link Keyboard} reads, and whom it tells. */
export interface KeyboardOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly mode: TerminalMode;
  readonly press: (key: KeyPress) => void;
  /** Ctrl+Z. */
  readonly suspend: () => void;
  /** The terminal is gone. */
  readonly hangUp: () => void;
}

/** The keys of a terminal in raw mode, while it is attached. However the process ends, pasting is as it was. */
export class Keyboard {
  readonly #options: KeyboardOptions;
  #decoder: KeyDecoder | undefined;
  #attached = false;
  /** When it was attached, by `performance.now()`, until something is read. */
  #attachedAt: number | undefined;
  /** What was typed since {@link hold}. */
  #held: Buffer[] | undefined;

  constructor(options: KeyboardOptions) {
    this.#options = options;
    const { stdin, mode, hangUp } = options;
    mode.enterRaw();
    process.on('exit', this.#restore);
    stdin.on('end', hangUp);
    stdin.on('error', hangUp);
  }

  get attached(): boolean {
    return this.#attached;
  }

  attach(): void {
    const { stdin, stdout } = this.#options;
    this.#attached = true;
    this.#attachedAt = performance.now();
    stdout.write(bracketedPasteOn);
    stdin.on('data', this.#read);
    stdin.resume();
  }

  detach(): void {
    const { stdin, stdout } = this.#options;
    this.#attached = false;
    stdin.off('data', this.#read);
    stdin.pause();
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length > 0) stdin.unshift(Buffer.concat(held));
    this.#decoder?.close();
    this.#decoder = undefined;
    stdout.write(bracketedPasteOff);
  }

  /**
   * Keeps what is typed from now on until {@link release}, or for whoever has the terminal next. Ctrl+C is
   * never kept: it drops what is.
   */
  hold(): void {
    this.#held ??= [];
  }

  /** What was kept is pressed now, up to a key that has the rest held again. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length > 0) this.#take(Buffer.concat(held));
  }

  /** Takes what was typed for a program that did not read it: a line feed is Enter there, and Enter alone is nothing. */
  unread(data: Buffer): void {
    const start = data.findIndex((byte) => byte !== lineFeed && byte !== carriageReturn);
    if (this.#attached && start !== -1) this.#take(asLines(data.subarray(start)));
  }

  close(): void {
    const { stdin, mode, hangUp } = this.#options;
    process.off('exit', this.#restore);
    stdin.off('end', hangUp);
    stdin.off('error', hangUp);
    mode.leaveRaw();
  }

  readonly #read = (data: Buffer): void => {
    const isAhead = this.#attachedAt !== undefined && performance.now() - this.#attachedAt < typedAheadMs;
    this.#attachedAt = undefined;
    this.#take(isAhead && data.length > 1 ? asLines(data) : data);
  };

  #take(data: Buffer): void {
    for (let rest = data; rest.length > 0;) {
      if (this.#held !== undefined) {
        rest = this.#keep(this.#held, rest);
      } else {
        // Enter may have what follows it held.
        const end = rest.indexOf(carriageReturn) + 1 || rest.length;
        this.#decode(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
    }
  }

  /** Returns what is left to take. */
  #keep(held: Buffer[], data: Buffer): Buffer {
    const at = data.lastIndexOf(ctrlC);
    if (at === -1) {
      held.push(data);
      return data.subarray(data.length);
    }
    held.length = 0;
    this.#decode(data.subarray(at, at + 1));
    return data.subarray(at + 1);
  }

  #decode(data: Buffer): void {
    // Made for the first key: the decoder is not needed to paint the prompt.
    this.#decoder ??= createKeyDecoder((key) => {
      if (key.ctrl && key.name === 'z') this.#options.suspend();
      else this.#options.press(key);
    });
    this.#decoder.feed(data);
  }

  /** For an exit that nobody awaited: a crash, a signal. */
  readonly #restore = (): void => {
    if (this.#attached) this.#options.stdout.write(`${bracketedPasteOff}\x1b[?25h`);
  };
}

/**
 * What was typed before the terminal was raw, or while a program had it, comes as lines that end in
 * `\n`: there, that is Enter. Everywhere else it is Ctrl+J.
 */
function asLines(data: Buffer): Buffer {
  if (!data.includes(lineFeed)) return data;
  const isLineEnd = (byte: number, index: number): boolean =>
    byte === lineFeed && data[index - 1] !== carriageReturn;
  return Buffer.from(data.map((byte, index) => (isLineEnd(byte, index) ? carriageReturn : byte)));
}
