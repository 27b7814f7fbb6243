import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and resolves with its exit code. Its output goes to standard error, so
 * that standard output stays the command's that the user asked for.
 */
export function run(command, args, { cwd, env, quiet = false, stdout = 'stderr' } = {}) {
  return new Promise((resolve, reject) => {
    const out = stdout === 'inherit' ? 'inherit' : quiet ? 'pipe' : 2;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', out, quiet ? 'pipe' : 2] });
    const kept = [];
    child.stdout?.on('data', (chunk) => kept.push(chunk));
    child.stderr?.on('data', (chunk) => kept.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(kept));
      resolve(signal === null ? code : 1);
    });
  });
}

/** Like {@link run}, and ends this process with the same code when the command fails. */
export async function mustRun(what, command, args, options) {
  const code = await run(command, args, options);
  if (code === 0) return;
  process.stderr.write(`prefish: ${what} failed (exit ${code})\n`);
  process.exit(code || 1);
}
