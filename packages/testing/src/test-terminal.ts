import { PrefishError, type LentTerminal } from '@prefish/core';
import xterm from '@xterm/headless';

/** Taken at once: a fake clock must not stop {@link TestTerminal.shows}. */
const { setTimeout: realTimeout, performance: realClock } = globalThis;
const now = realClock.now.bind(realClock);

/** An emulated terminal with a person before it: keys, and what the screen shows. */
export interface TestTerminal {
  readonly columns: number;
  readonly rows: number;
  /** The rows that can be seen, without blanks at their ends. */
  readonly screen: string;
  /** Whether a full-screen program has the screen. */
  readonly fullScreen: boolean;
  /** Types keys, by {@link keys} or as text. What nobody reads yet waits for whoever is lent the terminal next. */
  type(...texts: string[]): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen shows this. @throws when it has not within `timeout` (default 5000) milliseconds */
  shows(pattern: string | RegExp, options?: { readonly timeout?: number }): Promise<void>;
}

/** Keys as a terminal sends them. */
export const keys: {
  readonly [
    K in
      | 'up'
      | 'down'
      | 'right'
      | 'left'
      | 'home'
      | 'end'
      | 'pageUp'
      | 'pageDown'
      | 'enter'
      | 'tab'
      | 'backspace'
      | 'escape'
      | 'interrupt'
      | 'endOfInput'
  ]: string;
} = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  enter: '\r',
  tab: '\t',
  backspace: '\x7f',
  escape: '\x1b',
  interrupt: '\x03',
  endOfInput: '\x04',
};

/** The emulator behind a {@link TestTerminal}, and how a shell borrows it. */
export class EmulatedTerminal implements TestTerminal {
  readonly #emulator: xterm.Terminal;
  readonly #inputs = new Set<(data: Buffer) => void>();
  readonly #resizes = new Set<() => void>();
  #unread: Buffer[] = [];
  #lent = false;

  constructor(columns: number, rows: number) {
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, logLevel: 'off' });
  }

  get columns(): number {
    return this.#emulator.cols;
  }

  get rows(): number {
    return this.#emulator.rows;
  }

  get screen(): string {
    const { active } = this.#emulator.buffer;
    const lines = Array.from({ length: this.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }

  get fullScreen(): boolean {
    return this.#emulator.buffer.active.type === 'alternate';
  }

  type(...texts: string[]): void {
    for (const text of texts) this.#read(Buffer.from(text));
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    for (const listener of this.#resizes) listener();
  }

  async shows(
    pattern: string | RegExp,
    { timeout = 5000 }: { readonly timeout?: number } = {},
  ): Promise<void> {
    const shown = (): boolean =>
      typeof pattern === 'string' ? this.screen.includes(pattern) : pattern.test(this.screen);
    const deadline = now() + timeout;
    while (!shown()) {
      if (now() > deadline) {
        throw new Error(`The screen did not show ${String(pattern)} within ${timeout} ms:\n${this.screen}`);
      }
      await new Promise((resolve) => realTimeout(resolve, 5));
    }
  }

  /** What is printed while nobody has the terminal: `\n` begins a line, as on any terminal that is not raw. */
  print(text: string): void {
    this.write(text.replaceAll(/\r?\n/g, '\r\n'));
  }

  write(data: string | Uint8Array): void {
    // Its public `write` waits for a timer, which a fake clock may hold back.
    const { _core } = this.#emulator as unknown as {
      _core: { writeSync(data: string | Uint8Array): void };
    };
    _core.writeSync(data);
  }

  /** @throws PREFISH_NO_TTY when it is lent already */
  async lend<T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T> {
    if (this.#lent) {
      throw new PrefishError('PREFISH_NO_TTY', 'The terminal is in use by something else that runs');
    }
    this.#lent = true;
    try {
      return await use(this.#asLent());
    } finally {
      this.#lent = false;
      this.#inputs.clear();
      this.#resizes.clear();
    }
  }

  dispose(): void {
    this.#emulator.dispose();
  }

  #asLent(): LentTerminal {
    const emulator = this.#emulator;
    return {
      get columns() {
        return emulator.cols;
      },
      get rows() {
        return emulator.rows;
      },
      onInput: (listener) => {
        this.#inputs.add(listener);
        const typedAhead = this.#unread;
        this.#unread = [];
        // Not before the handler has finished what it was about to do.
        if (typedAhead.length > 0) queueMicrotask(() => typedAhead.forEach((data) => this.#read(data)));
      },
      unread: (data) => void this.#unread.push(data),
      onResize: (listener) => void this.#resizes.add(listener),
      write: (data) => {
        this.write(data);
        return true;
      },
      drained: () => Promise.resolve(),
    };
  }

  #read(data: Buffer): void {
    if (this.#inputs.size === 0) this.#unread.push(data);
    else for (const listener of this.#inputs) listener(data);
  }
}
