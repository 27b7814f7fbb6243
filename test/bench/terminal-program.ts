import { spawn } from '@lydell/node-pty';

/** A program on a terminal of 120 × 40, of which only what it writes is seen. */
export interface TerminalProgram extends AsyncDisposable {
  readonly pid: number;
  write(text: string): void;
  /** Waits for text that comes from now on; resolves with the milliseconds that it took. Rejects after two minutes. */
  writes(pattern: RegExp): Promise<number>;
}

/** As much as the longest text that is waited for. */
const tailLength = 200;
const patienceMs = 120_000;

/** Starts a program on a terminal; disposing of it kills it. */
export function startOnTerminal(
  command: string,
  args: string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): TerminalProgram {
  const program = spawn(command, args, {
    cwd,
    env: env as Record<string, string>,
    cols: 120,
    rows: 40,
    name: 'xterm-256color',
  });
  const ended = new Promise<void>((resolve) => program.onExit(() => resolve()));
  let heard = '';
  const waiting = new Set<() => void>();
  program.onData((data) => {
    heard += data;
    for (const look of waiting) look();
    heard = heard.slice(-tailLength);
  });
  return {
    pid: program.pid,
    write: (text) => program.write(text),
    writes(pattern) {
      heard = '';
      const start = performance.now();
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(heard)) return;
          waiting.delete(look);
          clearTimeout(tooLong);
          resolve(performance.now() - start);
        };
        const tooLong = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${command} never wrote ${pattern}`));
        }, patienceMs);
        waiting.add(look);
      });
    },
    async [Symbol.asyncDispose]() {
      program.kill('SIGKILL');
      await ended;
    },
  };
}
