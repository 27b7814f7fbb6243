import xterm from '@xterm/headless';

/** A terminal emulator as the judge of what bytes do to a screen. */
export class Emulator {
  readonly #terminal: xterm.Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(data, resolve));
  }

  get cursor(): { row: number; column: number } {
    const { cursorX, cursorY, baseY } = this.#terminal.buffer.active;
    return { row: baseY + cursorY, column: cursorX };
  }

  /** Every line ever shown, scrollback included, without trailing blanks. */
  get lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true).trimEnd() ?? '',
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The rows on the screen. */
  get screen(): string[] {
    const { baseY } = this.#terminal.buffer.active;
    const buffer = this.#terminal.buffer.active;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) =>
        buffer
          .getLine(baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    );
  }
}
