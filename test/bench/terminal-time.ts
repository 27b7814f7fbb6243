import { spawn } from '@lydell/node-pty';

/** Starts a program on a terminal of 120 × 40 and resolves with the milliseconds until its screen shows `pattern`. Ends it then. */
export function timeUntilShown(
  command: string,
  args: string[],
  pattern: RegExp,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const program = spawn(command, args, {
      cwd,
      env: env as Record<string, string>,
      cols: 120,
      rows: 40,
      name: 'xterm-256color',
    });
    let screen = '';
    let shown: number | undefined;
    const tooLong = setTimeout(() => program.kill('SIGKILL'), 10_000);
    program.onData((data) => {
      screen += data;
      if (shown !== undefined || !pattern.test(screen)) return;
      shown = performance.now() - start;
      program.write('\u0004');
    });
    program.onExit(() => {
      clearTimeout(tooLong);
      if (shown === undefined)
        reject(new Error(`${command} never showed ${pattern}: ${JSON.stringify(screen)}`));
      else resolve(shown);
    });
  });
}
