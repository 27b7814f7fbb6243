import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { command, type SandboxHome } from './sandbox-home.ts';
import { until } from './until.ts';

/** A program on a terminal that a test looks at. */
export interface TerminalSession extends AsyncDisposable {
  readonly pid: number;
  /** The rows as a person sees them, without trailing blanks. */
  screen(): string;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen matches. */
  shows(pattern: RegExp | string): Promise<void>;
  /** Waits until it no longer does. */
  hides(pattern: RegExp | string): Promise<void>;
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
  home: SandboxHome,
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
    name: 'xterm-256color',
  });
  let running = true;
  program.onData((data) => emulator.write(data));
  // What a real terminal answers (cursor position, device attributes) goes back to the program.
  emulator.onData((answer) => program.write(answer));
  const ended = new Promise<number>((resolve) =>
    program.onExit(({ exitCode }) => {
      running = false;
      resolve(exitCode);
    }),
  );
  const screen = (): string => {
    const { buffer } = emulator;
    const lines = Array.from({ length: emulator.rows }, (_, row) =>
      (buffer.active.getLine(buffer.active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
    return lines.join('\n').trimEnd();
  };
  const matches = (pattern: RegExp | string): boolean =>
    typeof pattern === 'string' ? screen().includes(pattern) : pattern.test(screen());
  const wait = async (pattern: RegExp | string, wanted: boolean): Promise<void> => {
    try {
      await until(() => matches(pattern) === wanted, `${pattern} to ${wanted ? 'appear' : 'go'}`);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the screen shows:\n${screen()}`, { cause: error });
    }
  };
  return {
    pid: program.pid,
    screen,
    type: (text) => program.write(text),
    resize(cols, rows) {
      emulator.resize(cols, rows);
      program.resize(cols, rows);
    },
    shows: (pattern) => wait(pattern, true),
    hides: (pattern) => wait(pattern, false),
    ended,
    async [Symbol.asyncDispose]() {
      if (running) program.kill('SIGKILL');
      await ended;
      emulator.dispose();
    },
  };
}
