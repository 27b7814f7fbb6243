import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AlreadyRunningError, takeServerLock } from '../server-lock.ts';

/** How many workers one machine may have. */
const most = 64;

/** What a worker has for itself: its workspaces, bases and installed dependencies are there. */
export interface WorkerFolder {
  readonly path: string;
  /** By which the leases are known that it holds. The next worker with the folder has the same. */
  readonly worker: string;
  release(): void;
}

/**
 * Takes the first of the folders `1`, `2`, `3` … in `base` that no other worker of this machine has, for as long
 * as the process lives.
 *
 * @throws PREFISH_SERVER_START
 */
export function takeWorkerFolder(base: string): WorkerFolder {
  for (let number = 1; ; number += 1) {
    const path = join(base, String(number));
    mkdirSync(path, { recursive: true, mode: 0o700 });
    try {
      const release = takeServerLock(path);
      return { path, worker: nameIn(path), release };
    } catch (error) {
      if (!(error instanceof AlreadyRunningError) || number === most) throw error;
    }
  }
}

/** Hosts may be called the same, so that chance has to tell them apart. */
function nameIn(path: string): string {
  const note = join(path, 'worker');
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    const name = `${hostname()}-${randomUUID().slice(0, 8)}`;
    writeFileSync(note, `${name}\n`, { mode: 0o600 });
    return name;
  }
}
