import xterm from '@xterm/headless';
import type { Host, LentTerminal } from '@prefish/core';

/** A person at an emulated terminal: a host that lends it, keys, and what the screen shows. */
export class Person {
  readonly #screen: xterm.Terminal;
  #inputs = new Set<(data: Buffer) => void>();
  #resizes = new Set<() => void>();
  #lent = 0;
  /** Everything that was printed while the terminal was not lent. */
  printed = '';

  readonly #color: boolean;

  constructor(columns = 80, rows = 24, color = false) {
    this.#color = color;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  readonly host: Host = Object.defineProperty(
    {
      event: (event) => {
        if (event.type !== 'output') return;
        if (this.#lent > 0) throw new Error('printed while the terminal was lent');
        this.printed += event.text;
      },
      lendTerminal: async <T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T> => {
        this.#lent++;
        try {
          return await use(this.#terminal());
        } finally {
          this.#lent--;
          this.#inputs = new Set();
          this.#resizes = new Set();
        }
      },
    } satisfies Host,
    'terminal',
    {
      get: () => ({ columns: this.#screen.cols, rows: this.#screen.rows, color: this.#color }),
      enumerable: true,
    },
  );

  #terminal(): LentTerminal {
    const screen = this.#screen;
    return {
      get columns() {
        return screen.cols;
      },
      get rows() {
        return screen.rows;
      },
      onInput: (listener) => void this.#inputs.add(listener),
      onResize: (listener) => void this.#resizes.add(listener),
      write: (data) => {
        screen.write(data);
        return true;
      },
      drained: () => Promise.resolve(),
    };
  }

  /** Whether somebody reads the keys now. */
  get attended(): boolean {
    return this.#inputs.size > 0;
  }

  press(...keys: string[]): void {
    for (const key of keys) for (const listener of this.#inputs) listener(Buffer.from(key));
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    for (const listener of this.#resizes) listener();
  }

  /** The rows on the screen without blanks at their ends. */
  get screen(): string[] {
    const { active } = this.#screen.buffer;
    const lines = Array.from({ length: this.#screen.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true, 0, this.#screen.cols) ?? '').trimEnd(),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  get onAlternateScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }
}

export const keys = {
  up: '\x1b[A',
  down: '\x1b[B',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  enter: '\r',
  escape: '\x1b',
  interrupt: '\x03',
} as const;
