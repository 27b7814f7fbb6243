import { spawn } from '@lydell/node-pty';
import xterm, { type Terminal } from '@xterm/headless';
import { command, type SandboxHome } from './sandbox-home.ts';
import { until } from './until.ts';

/** A program on a terminal that a test looks at. */
export interface TerminalSession extends AsyncDisposable {
  readonly pid: number;
  /** The emulated terminal, for what its text does not say. */
  readonly emulator: Terminal;
  /** The rows as a person sees them, without trailing blanks. */
  screen(): string;
  /** Everything that was written to it. */
  bytes(): string;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen matches. */
  shows(pattern: RegExp | string): Promise<void>;
  /** Waits until it no longer does. */
  hides(pattern: RegExp | string): Promise<void>;
  /** Takes the terminal away, as closing its window does. */
  hangUp(): void;
  readonly ended: Promise<number>;
}

/** The keys of a keyboard, as a terminal sends them. */
export const keys = {
  up: '\u001B[A',
  down: '\u001B[B',
  enter: '\r',
  escape: '\u001B',
  interrupt: '\u0003',
  endOfInput: '\u0004',
} as const;

/** Runs the built command in a terminal of its own. */
export function openTerminal(
  home: Pick<SandboxHome, 'home' | 'env'>,
  args: readonly string[] = [],
  options: {
    readonly cwd?: string;
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
    /** Default: the Node of the tests, and the built command. */
    readonly program?: readonly [node: string, command: string];
  } = {},
): TerminalSession {
  const { columns = 80, rows = 24 } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const [node, entry] = options.program ?? [process.execPath, command];
  const program = spawn(node, [entry, ...args], {
    cwd: options.cwd ?? home.home,
    env: { ...home.env, TERM: 'xterm-256color', ...options.env },
    cols: columns,
    rows,
    name: options.env?.['TERM'] ?? 'xterm-256color',
  });
  let running = true;
  let bytes = '';
  program.onData((data) => {
    bytes += data;
    emulator.write(data);
  });
  // What a real terminal answers (cursor position, device attributes) goes back to the program.
  emulator.onData((answer) => program.write(answer));
  const ended = new Promise<number>((resolve) =>
    program.onExit(({ exitCode }) => {
      running = false;
      resolve(exitCode);
    }),
  );
  const visibleRows = (): { readonly text: string; readonly wrapped: boolean }[] => {
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, row) => {
      const line = active.getLine(active.viewportY + row);
      return {
        text: line?.translateToString(true, 0, emulator.cols) ?? '',
        wrapped: line?.isWrapped ?? false,
      };
    });
  };
  const screen = (): string =>
    visibleRows()
      .map(({ text }) => text.trimEnd())
      .join('\n')
      .trimEnd();
  // How long a path is decides where a line is wrapped: what is looked for may stand on both rows.
  const unwrapped = (): string =>
    visibleRows()
      .map(({ text, wrapped }, row) => (wrapped || row === 0 ? text : `\n${text}`))
      .join('');
  const matches = (pattern: RegExp | string): boolean =>
    [screen(), unwrapped()].some((text) =>
      typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text),
    );
  const wait = async (pattern: RegExp | string, wanted: boolean): Promise<void> => {
    try {
      await until(() => matches(pattern) === wanted, `${pattern} to ${wanted ? 'appear' : 'go'}`);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the screen shows:\n${screen()}`, { cause: error });
    }
  };
  return {
    pid: program.pid,
    emulator,
    screen,
    bytes: () => bytes,
    type: (text) => program.write(text),
    resize(cols, rows) {
      emulator.resize(cols, rows);
      program.resize(cols, rows);
    },
    shows: (pattern) => wait(pattern, true),
    hides: (pattern) => wait(pattern, false),
    // Not in its types: closes the side of the terminal that the emulator holds.
    hangUp: () => (program as typeof program & { destroy(): void }).destroy(),
    ended,
    async [Symbol.asyncDispose]() {
      if (running) program.kill('SIGKILL');
      await ended;
      emulator.dispose();
    },
  };
}
