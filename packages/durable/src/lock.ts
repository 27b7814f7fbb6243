import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Turns } from './turns.ts';

/** How long to wait for a lock. */
export interface LockOptions {
  /** Ends the waiting. What runs under the lock must watch its own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until waiting is given up. Default 30,000. */
  readonly timeoutMs?: number;
}

/** The lock was held by others for longer than the caller would wait. */
export class LockTimeoutError extends Error {
  override readonly name: string = 'LockTimeoutError';
  readonly code = 'ELOCKED';

  constructor(path: string, timeoutMs: number) {
    super(`The lock ${path} was held by another for more than ${timeoutMs} ms.`);
  }
}

/** SQLite's primary result codes "busy" and "locked" (https://sqlite.org/rescode.html). */
const busyCodes: ReadonlySet<number> = new Set([5, 6]);
const full = 13;
const shortestPauseMs = 2;
const longestPauseMs = 40;

const turns = new Turns();

/**
 * Runs `use` while nobody else, in this process or another, holds the lock at `path`. The file is a
 * SQLite database in an exclusive transaction, so the kernel holds the lock and it is gone with its
 * process, however that ends. The file is made when absent and is never removed: deleting a lock
 * file lets two in.
 *
 * @throws LockTimeoutError (`code: 'ELOCKED'`); `ENOSPC` on a full disk; the signal's reason; whatever `use` throws
 */
export async function withLock<T>(
  path: string,
  use: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { signal, timeoutMs = 30_000 } = options;
  signal?.throwIfAborted();
  const file = resolve(path);
  const late = new AbortController();
  // Keeps the process: whoever holds the lock here may wait for nothing that does.
  const timer = setTimeout(() => late.abort(new LockTimeoutError(file, timeoutMs)), timeoutMs);
  const waiting = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    await using _turn = await turns.take(file, waiting);
    await using _lock = await lockFile(file, waiting);
    clearTimeout(timer);
    return await use();
  } finally {
    clearTimeout(timer);
  }
}

async function lockFile(file: string, waiting: AbortSignal): Promise<AsyncDisposable> {
  const { DatabaseSync } = await import('node:sqlite');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  try {
    for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      try {
        database.exec('BEGIN EXCLUSIVE');
        return { [Symbol.asyncDispose]: async () => database.close() };
      } catch (error) {
        const { errcode = 0 } = error as { errcode?: number };
        if (errcode === full) throw noSpace(file, error);
        if (!busyCodes.has(errcode)) throw error;
      }
      // The jitter keeps waiters from meeting at each attempt.
      await delay(pauseMs * (0.5 + Math.random()), undefined, { signal: waiting }).catch(() => {});
      waiting.throwIfAborted();
    }
  } catch (error) {
    database.close();
    throw error;
  }
}

/** As the system says it of any other file. */
function noSpace(file: string, cause: unknown): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, lock '${file}'`, { cause }), {
    code: 'ENOSPC',
    path: file,
  });
}
