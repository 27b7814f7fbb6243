import { fileURLToPath } from 'node:url';
import { spawn, type IPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const fixtures = new URL('../fixtures/', import.meta.url);

const labelPattern = /^ {2}([^\w\s] [a-z]+(?: · goes on · Alt\+Enter runs it · Ctrl\+C drops it)?)$/;

/** A program of the fixtures on a real pty, with an emulator as its screen. */
export class Session {
  readonly #pty: IPty;
  readonly #screen: xterm.Terminal;
  readonly exited: Promise<number>;
  /** Every byte that the program wrote. */
  bytes = '';

  constructor(fixture: string, args: readonly string[] = [], env: Record<string, string> = {}, cols = 80) {
    this.#screen = new xterm.Terminal({ cols, rows: 24, allowProposedApi: true });
    this.#pty = spawn(
      process.execPath,
      ['--conditions=development', '--no-warnings', fileURLToPath(new URL(fixture, fixtures)), ...args],
      { cols, rows: 24, env: { ...process.env, TERM: 'xterm-256color', ...env } },
    );
    this.#pty.onData((data) => {
      this.bytes += data;
      this.#screen.write(data);
    });
    this.exited = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The lines on the screen and above it, without blank ones at the end, and without {@link label}; `>` for the sign of the prompt. */
  get lines(): string[] {
    const lines = this.#lines;
    if (labelPattern.test(lines.at(-1) ?? '')) lines.pop();
    return lines;
  }

  /** Who will take the line, as it is shown below it. */
  get label(): string | undefined {
    return labelPattern.exec(this.#lines.at(-1) ?? '')?.[1];
  }

  get #lines(): string[] {
    const buffer = this.#screen.buffer.active;
    const lines = Array.from({ length: buffer.length }, (_, row) =>
      (buffer.getLine(row)?.translateToString(true) ?? '').trimEnd().replace(/^(\S+ )?❯/, '$1>'),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Waits until the screen shows exactly these lines. */
  async shows(lines: readonly string[]): Promise<void> {
    await this.until(
      () => JSON.stringify(this.lines) === JSON.stringify(lines),
      () => lines.join('\n'),
    );
  }

  /** Waits until a line matches. */
  async showsLine(pattern: RegExp): Promise<void> {
    await this.until(
      () => this.lines.some((line) => pattern.test(line)),
      () => String(pattern),
    );
  }

  async until(condition: () => boolean, expected: () => string): Promise<void> {
    const deadline = Date.now() + 40_000;
    while (!condition()) {
      if (Date.now() > deadline) {
        throw new Error(`expected\n${expected()}\nbut the screen shows\n${this.lines.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pty.kill('SIGKILL');
    await this.exited;
    this.#screen.dispose();
  }
}
