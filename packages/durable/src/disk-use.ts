import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * What files and folders take on the disk, together, in bytes. What cannot be read, and what is not there, takes
 * nothing; a file with several names counts once.
 */
export async function diskUse(paths: readonly string[], signal?: AbortSignal): Promise<number> {
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) return 0;
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    // It complains of what goes away meanwhile, and still says the sum of the rest.
    execFile(
      'du',
      ['-sk', '--', ...there],
      { cwd: '/', env, signal, maxBuffer: 16 * 2 ** 20 },
      (error, stdout) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') reject(error);
        else resolve(sumOf(stdout) * 1024);
      },
    );
  });
}

function sumOf(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0);
}
