import type { ChildProcess } from 'node:child_process';
import type { Exit } from '@prefish/protocol';

/** How a child ends. Rejects when it could not be started. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 1 } : { signal }));
  });
}

/** Resolves with the pid of a child that was just spawned. Rejects when it could not be started. */
export function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid!));
  });
}
