import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import process from 'node:process';
import { processStatus, type ProcessStatus } from './process-status.ts';

/** By what processes that belong together are known. */
export interface ProcessTrace {
  /** Groups and sessions that are theirs, by the pid of who leads them; none whose number may be somebody else's by now. */
  readonly groups: readonly number[];
  /** The `NAME=value` in the environment that the first of them was given. */
  readonly mark: string;
  /** Their own folder: whoever works in it, without a terminal, is one of them. */
  readonly folder?: string | undefined;
}

/** A process that runs. */
export interface RunningProcess extends ProcessStatus {
  readonly pid: number;
}

interface Inspected extends RunningProcess {
  /** `NAME=value` pairs, each between NULs. */
  readonly environment: string;
  readonly folder: string;
}

/** So many are looked at at once: where descriptors run out, one would be missed. */
const atOnce = 64;

/**
 * The processes of each trace, in the order of the traces, on Linux: those in one of the groups or sessions,
 * with the mark, or at work in the folder, and whatever they started. So whoever leaves its session is
 * found, and whoever drops its environment too, as long as it stays in the folder or its parent lives.
 * This process itself is never one of them.
 */
export async function findProcesses(
  traces: readonly ProcessTrace[],
): Promise<readonly (readonly RunningProcess[])[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const running: Inspected[] = [];
  for (let from = 0; from < pids.length; from += atOnce) {
    const found = await Promise.all(pids.slice(from, from + atOnce).map(inspect));
    running.push(...found.filter((one) => one !== undefined));
  }
  return Promise.all(
    traces.map(async (trace) => {
      const { folder } = trace;
      const real = folder === undefined ? undefined : await realpath(folder).catch(() => undefined);
      return membersOf({ ...trace, folder: real }, running);
    }),
  );
}

/** What can be known of a process; environment and folder of another user's are empty. */
async function inspect(pid: number): Promise<Inspected | undefined> {
  const status = await processStatus(pid);
  if (status === undefined) return undefined;
  const [environment, folder] = await Promise.all([
    readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  return { ...status, pid, environment: `\0${environment}`, folder };
}

function membersOf({ groups, mark, folder }: ProcessTrace, running: readonly Inspected[]): RunningProcess[] {
  const entry = `\0${Buffer.from(mark).toString('latin1')}\0`;
  const members = new Set<number>();
  for (const one of running) {
    const worksThere = folder !== undefined && !one.terminal && `${one.folder}/`.startsWith(`${folder}/`);
    const isInGroup = groups.includes(one.group) || groups.includes(one.session);
    if (worksThere || isInGroup || one.environment.includes(entry)) members.add(one.pid);
  }
  for (let known = -1; known < members.size;) {
    known = members.size;
    for (const { pid, parent } of running) if (members.has(parent)) members.add(pid);
  }
  return running.filter(({ pid }) => members.has(pid));
}
