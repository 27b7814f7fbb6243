import type { ReadStream } from 'node:tty';

/** As Node defines it: once plugins run, a process may not signal itself. */
const { kill } = process;

/** Who has the terminal in raw mode, and whether it still changes what is printed. */
export class TerminalMode {
  readonly #stdin: ReadStream;
  readonly #continued: () => void;
  #depth = 0;
  #untouched: Promise<void> | undefined;
  #printsRaw = false;

  /** @param continued called when the process goes on after it was stopped: the screen may show anything by then */
  constructor(stdin: ReadStream, continued: () => void = () => {}) {
    this.#stdin = stdin;
    this.#continued = continued;
  }

  /** True while `\n` alone does not return to the first column, so that whoever prints lines writes `\r\n`. */
  get printsRaw(): boolean {
    return this.#printsRaw;
  }

  enterRaw(): void {
    if (this.#depth++ > 0) return;
    this.#stdin.setRawMode(true);
    process.on('SIGCONT', this.#onContinue);
  }

  leaveRaw(): void {
    if (--this.#depth > 0) return;
    process.off('SIGCONT', this.#onContinue);
    this.#stdin.setRawMode(false);
    this.#untouched = undefined;
    this.#printsRaw = false;
  }

  /**
   * Gives the terminal back to the shell that prefish was started in, and stops the job that prefish
   * is until that shell continues it. Where no shell could continue it, nothing stops.
   */
  suspend(): void {
    if (this.#depth === 0) return;
    process.off('SIGCONT', this.#onContinue);
    this.#stdin.setRawMode(false);
    // All of the job: the launcher that waits for prefish is stopped with it.
    kill.call(process, 0, 'SIGTSTP');
    process.on('SIGCONT', this.#onContinue);
    this.#takeBack();
  }

  /** Whoever continued the process has had the terminal, and left it as shells do. */
  readonly #onContinue = (): void => {
    this.#takeBack();
    this.#continued();
  };

  #takeBack(): void {
    // Node sets a mode only when it believes that it changes.
    this.#stdin.setRawMode(false).setRawMode(true);
    if (this.#untouched === undefined) return;
    this.#untouched = undefined;
    void this.printUntouched();
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
