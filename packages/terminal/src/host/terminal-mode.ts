import type { ReadStream } from 'node:tty';

/** Who has the terminal in raw mode, and whether it still changes what is printed. */
export class TerminalMode {
  readonly #stdin: ReadStream;
  #depth = 0;
  #untouched: Promise<void> | undefined;
  #printsRaw = false;

  constructor(stdin: ReadStream) {
    this.#stdin = stdin;
  }

  /** True while `\n` alone does not return to the first column, so that whoever prints lines writes `\r\n`. */
  get printsRaw(): boolean {
    return this.#printsRaw;
  }

  enterRaw(): void {
    if (this.#depth++ === 0) this.#stdin.setRawMode(true);
  }

  leaveRaw(): void {
    if (--this.#depth > 0) return;
    this.#stdin.setRawMode(false);
    this.#untouched = undefined;
    this.#printsRaw = false;
  }

  /**
   * Stops the terminal from turning `\n` into `\r\n`, which Node's raw mode leaves on: a program on a
   * pty of its own has done so already, and a full-screen program means `\n` literally. Once it is
   * off it stays so until the raw mode ends, which puts everything back.
   */
  printUntouched(): Promise<void> {
    this.#untouched ??= new Promise((resolve) => {
      // Not imported: loading it would delay the first prompt.
      const { spawn } = process.getBuiltinModule('node:child_process');
      const stty = spawn('stty', ['-opost'], { stdio: [this.#stdin, 'ignore', 'ignore'] });
      stty.on('error', () => resolve());
      stty.on('exit', (code) => {
        this.#printsRaw = code === 0 && this.#depth > 0;
        resolve();
      });
    });
    return this.#untouched;
  }
}
