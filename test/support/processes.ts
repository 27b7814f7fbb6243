import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { until } from './until.ts';

/** The pids of all processes whose environment holds this `NAME=value` (Linux). */
export function processesWithEnvironment(entry: string): Promise<number[]> {
  return processesWith((one) => one === entry);
}

/** The pids of all processes of whose environment one `NAME=value` is such (Linux). */
export async function processesWith(isSuch: (entry: string) => boolean): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(async (name) => {
        const text = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
        return text.split('\0').some(isSuch) ? Number(name) : undefined;
      }),
  );
  return found.filter((pid) => pid !== undefined);
}

/** Kills every process whose environment holds this entry, and waits until none is left. */
export async function endProcessesWithEnvironment(entry: string): Promise<void> {
  await until(async () => {
    const pids = await processesWithEnvironment(entry);
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  }, `processes with ${entry} to end`);
}

/** Whether a process runs. One that has ended and waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
