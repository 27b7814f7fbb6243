import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import process, { platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { attemptMark } from '../sandbox/environment.ts';
import { isWithin } from '../sandbox/paths.ts';
import type { Lease } from '../store/store.ts';
import { type ProcessStatus, processStatus, signalProcess } from './process-status.ts';

/** By what the processes of an attempt are known, besides the variable that they inherit. */
export interface AttemptTrace extends Lease {
  /** Process groups that are the attempt's; none whose number may belong to somebody else by now. */
  readonly groups: readonly number[];
  /** The attempt's own folder: whoever works in it, without a terminal, was started by the attempt. */
  readonly folder?: string | undefined;
}

/**
 * Kills every process of the attempts, and waits until none is left. On Linux these are those that are in
 * one of the groups, carry the attempt's variable, or work in its folder, and whatever they started: so
 * whoever leaves its session is found, and whoever drops its environment too, as long as it stays in the
 * folder or its parent lives. Elsewhere they are the groups.
 *
 * @returns the attempts of which something still runs after `patience` milliseconds
 */
export async function endAttemptProcesses<Trace extends AttemptTrace>(
  attempts: readonly Trace[],
  patience = 10_000,
): Promise<readonly Trace[]> {
  if (attempts.length === 0) return [];
  const deadline = performance.now() + patience;
  for (let round = 0; ; round += 1) {
    // Looked for before the first is killed: orphans do not say who their parent was.
    const found = await (platform === 'linux' ? runningProcesses(attempts) : new Map<Trace, number[]>());
    const left = attempts.filter((attempt) => {
      const inGroups = attempt.groups.filter((group) => signalProcess(-group, 'SIGKILL'));
      const pids = found.get(attempt) ?? [];
      for (const pid of pids) signalProcess(pid, 'SIGKILL');
      // A group counts as there until its dead are collected, which may take the machine's first process long.
      return pids.length > 0 || (platform !== 'linux' && inGroups.length > 0);
    });
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(Math.min(1 + round, 20));
  }
}

interface Running extends ProcessStatus {
  readonly pid: number;
  readonly environment: Buffer;
  readonly folder: string;
}

async function runningProcesses<Trace extends AttemptTrace>(
  attempts: readonly Trace[],
): Promise<Map<Trace, number[]>> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const running = (await Promise.all(pids.map(inspect))).filter((found) => found !== undefined);
  const entries = attempts.map(async (attempt) => {
    const folder =
      attempt.folder === undefined ? undefined : await realpath(attempt.folder).catch(() => undefined);
    return [attempt, processesOf({ ...attempt, folder }, running)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** What can be known of a process; environment and folder of another user's are empty. */
async function inspect(pid: number): Promise<Running | undefined> {
  const status = await processStatus(pid);
  if (status === undefined) return undefined;
  const [environment, folder] = await Promise.all([
    readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0)),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  return { ...status, pid, environment: Buffer.concat([Buffer.of(0), environment]), folder };
}

function processesOf({ id, attempt, groups, folder }: AttemptTrace, running: readonly Running[]): number[] {
  const mark = Buffer.from(`\0${attemptMark(id, attempt)}\0`);
  const pids = new Set<number>();
  for (const one of running) {
    const worksThere = folder !== undefined && !one.terminal && isWithin(one.folder, folder);
    if (worksThere || groups.includes(one.group) || one.environment.includes(mark)) pids.add(one.pid);
  }
  for (let known = -1; known < pids.size;) {
    known = pids.size;
    for (const { pid, parent } of running) if (pids.has(parent)) pids.add(pid);
  }
  return [...pids];
}
