import type { ReadStream, WriteStream } from 'node:tty';
import { createKeyDecoder, type KeyDecoder, type KeyPress } from '@prefish/screen';
import type { TerminalMode } from '../host/terminal-mode.ts';

const bracketedPasteOn = '\x1b[?2004h';
const bracketedPasteOff = '\x1b[?2004l';

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
    this.#decoder?.close();
    this.#decoder = undefined;
    stdout.write(bracketedPasteOff);
  }

  close(): void {
    const { stdin, mode, hangUp } = this.#options;
    process.off('exit', this.#restore);
    stdin.off('end', hangUp);
    stdin.off('error', hangUp);
    mode.leaveRaw();
  }

  readonly #read = (data: Buffer): void => {
    // Made for the first key: the decoder is not needed to paint the prompt.
    this.#decoder ??= createKeyDecoder((key) => {
      if (key.ctrl && key.name === 'z') this.#options.suspend();
      else this.#options.press(key);
    });
    const isAhead = this.#attachedAt !== undefined && performance.now() - this.#attachedAt < typedAheadMs;
    this.#attachedAt = undefined;
    this.#decoder.feed(isAhead ? typedAhead(data) : data);
  };

  /** For an exit that nobody awaited: a crash, a signal. */
  readonly #restore = (): void => {
    if (this.#attached) this.#options.stdout.write(`${bracketedPasteOff}\x1b[?25h`);
  };
}

/**
 * What was typed before the terminal was raw, or while a program had it, comes as lines that end in
 * `\n`: there, that is Enter. Everywhere else it is Ctrl+J.
 */
function typedAhead(data: Buffer): Buffer {
  if (data.length === 1 || !data.includes('\n')) return data;
  return Buffer.from(data.map((byte, index) => (byte === 0x0a && data[index - 1] !== 0x0d ? 0x0d : byte)));
}
