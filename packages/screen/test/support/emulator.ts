import xterm from '@xterm/headless';

/** A terminal emulator as the judge of what bytes do to a screen. */
export class Emulator {
  readonly #terminal: xterm.Terminal;
  /** What the bytes made it do beside showing text: titles, bells, answers, changed modes. */
  readonly #done: string[] = [];
  readonly #modes: string;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      scrollback: 1000,
      logLevel: 'off',
    });
    this.#terminal.onTitleChange((title) => this.#done.push(`title ${title}`));
    this.#terminal.onBell(() => this.#done.push('bell'));
    this.#terminal.onData((answer) => this.#done.push(`answer ${JSON.stringify(answer)}`));
    this.#terminal.onBinary(() => this.#done.push('answer'));
    this.#modes = JSON.stringify(this.#terminal.modes);
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

  get sideEffects(): readonly string[] {
    const { type } = this.#terminal.buffer.active;
    const modes = JSON.stringify(this.#terminal.modes);
    return [...this.#done, ...(type === 'normal' ? [] : [type]), ...(modes === this.#modes ? [] : [modes])];
  }

  /** How many cells hold text that cannot be seen. */
  get hiddenCells(): number {
    const buffer = this.#terminal.buffer.active;
    let hidden = 0;
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row);
      for (let column = 0; column < this.columns; column++)
        hidden += line?.getCell(column)?.isInvisible() ? 1 : 0;
    }
    return hidden;
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
