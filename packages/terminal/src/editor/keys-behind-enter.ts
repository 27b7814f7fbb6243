import type { Keyboard } from './keyboard.ts';

/** So long, in milliseconds, a line may take to start its program; then the frame is there, and has the keys. */
const startMs = 150;

/** Keeps what is typed right behind Enter until it is known who gets it: the program that the line starts, or the next line. */
export class KeysBehindEnter {
  readonly #keyboard: Pick<Keyboard, 'hold' | 'release'>;
  /** The lines that a text is, while they are not known. */
  #deciding: Promise<readonly string[]> | undefined;
  /** Set while keys are kept for a program that the line may start. */
  #starting: NodeJS.Timeout | undefined;

  constructor(keyboard: Pick<Keyboard, 'hold' | 'release'>) {
    this.#keyboard = keyboard;
  }

  get isDeciding(): boolean {
    return this.#deciding !== undefined;
  }

  /** Keeps them until it is known which lines a text is, or that is given up. */
  decide(lines: Promise<readonly string[]>, finish: (known: readonly string[]) => void): void {
    this.#deciding = lines;
    this.#keyboard.hold();
    void lines.then((known) => {
      if (this.#deciding !== lines) return;
      this.#deciding = undefined;
      finish(known);
      if (this.#starting === undefined) this.release();
    });
  }

  /** Asks no more which lines a text is. */
  giveUp(): void {
    if (this.#deciding === undefined) return;
    this.#deciding = undefined;
    this.release();
  }

  /** Keeps them for a program that a line may start now. */
  keep(): void {
    this.#keyboard.hold();
    if (this.#deciding !== undefined) return;
    clearTimeout(this.#starting);
    this.#starting = setTimeout(() => this.release(), startMs);
  }

  /** A program has the terminal, and its keys. */
  started(): void {
    clearTimeout(this.#starting);
    this.#starting = undefined;
  }

  /** Lets the editor have them, unless it is not known yet which lines its text is. */
  release(): void {
    this.started();
    if (this.#deciding === undefined) this.#keyboard.release();
  }

  /** Lets go of them. */
  close(): void {
    this.#deciding = undefined;
    this.started();
  }
}
