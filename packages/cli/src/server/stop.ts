import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import { findServer } from './connect.ts';

/** How long a server may take to end its tasks before it is killed. */
const stopDeadlineMs = 15_000;
const pollMs = 20;

/** Ends the embedded server and waits until it is gone. `undefined` when none ran, else its pid. */
export async function stopDaemon(folders: Folders, signal: AbortSignal): Promise<number | undefined> {
  const found = await findServer(folders, signal);
  if (found === undefined) return undefined;
  const { pid } = found.info;
  if (!send(pid, 'SIGTERM')) return pid;
  const deadline = performance.now() + stopDeadlineMs;
  while (await isRunning(pid)) {
    if (performance.now() > deadline && !send(pid, 'SIGKILL')) break;
    if (performance.now() > deadline + 5000) {
      throw new PrefishError('PREFISH_SERVER_REFUSED', `The background server (pid ${pid}) does not end`);
    }
    await delay(pollMs, undefined, { signal });
  }
  return pid;
}

/** False when there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
