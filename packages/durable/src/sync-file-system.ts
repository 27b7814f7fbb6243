import { spawn } from 'node:child_process';

/**
 * Has everything reach the disk that was written to the file system of a path, by whichever program: for what cannot
 * be synced file by file. By sync(1), which takes a path on Linux, and does all file systems where it takes none.
 * Resolves early once `signal` is aborted; that nobody waits for it does not keep this process from ending.
 */
export async function syncFileSystem(path: string, signal?: AbortSignal): Promise<void> {
  const isNeeded = (): boolean => signal?.aborted !== true;
  if (isNeeded() && !(await sync(['-f', path], signal)) && isNeeded()) await sync([], signal);
}

function sync(words: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
  const env = { ...process.env, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const child = spawn('sync', words, { cwd: '/', env, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve) => {
    const end = (isDone: boolean): void => {
      signal?.removeEventListener('abort', abort);
      resolve(isDone);
    };
    // What is being written cannot be interrupted: it is left to itself.
    const abort = (): void => {
      child.kill();
      end(false);
    };
    signal?.addEventListener('abort', abort);
    child.once('error', () => end(false)).once('exit', (code) => end(code === 0));
  });
}
