import { spawn } from 'node:child_process';

/** How {@link syncFileSystem} is waited for. */
export interface SyncOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Lets this process end before it is done. */
  readonly unref?: boolean;
}

/**
 * Has everything reach the disk that was written to the file system of a path, by whichever program: for what cannot
 * be synced file by file. By sync(1), which takes a path on Linux, and does all file systems where it takes none.
 * Resolves early once `signal` is aborted.
 *
 * @returns whether it is certain that all of it is there
 */
export async function syncFileSystem(path: string, options: SyncOptions = {}): Promise<boolean> {
  const isNeeded = (): boolean => options.signal?.aborted !== true;
  if (isNeeded() && (await sync(['-f', path], options))) return true;
  // Elsewhere than on Linux it may only have begun when it ends.
  if (isNeeded()) await sync([], options);
  return false;
}

function sync(words: readonly string[], { signal, unref = false }: SyncOptions): Promise<boolean> {
  const env = { ...process.env, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const child = spawn('sync', words, { cwd: '/', env, stdio: 'ignore' });
  if (unref) child.unref();
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
