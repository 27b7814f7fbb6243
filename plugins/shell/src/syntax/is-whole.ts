import { execFile } from 'node:child_process';
import type { FoundShell } from '../find-shell.ts';

/** Whether `shell` could run `line` as it is, or run into a mistake in it; not when more has to follow. Runs nothing of it. */
export async function isWhole(
  line: string,
  { path, dialect: { syntax } }: FoundShell,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<boolean> {
  if (syntax === undefined) return true;
  const texts = [line, ...(syntax.probes?.(line) ?? [])];
  const [said = '', ...ofProbes] = await Promise.all(
    texts.map((text) => saidBy(path, syntax.args(text), env, signal)),
  );
  return !syntax.lacksEnd(said, ofProbes, line);
}

/** What a shell writes on standard error. */
function saidBy(
  path: string,
  args: readonly string[],
  { BASH_ENV: _bash, ENV: _posix, ...env }: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: '/', env: { ...env, LC_ALL: 'C' }, signal, killSignal: 'SIGKILL' } as const;
    const shell = execFile(path, args, options, (error, _out, said) => {
      // A mistake in the line is an exit code; whatever else went wrong is not about the line.
      if (error === null || typeof error.code === 'number') resolve(said.trim());
      else reject(error);
    });
    shell.stdin?.end();
  });
}
