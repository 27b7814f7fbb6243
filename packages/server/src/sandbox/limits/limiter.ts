import { spawn } from 'node:child_process';
import { release } from 'node:os';
import { dirname } from 'node:path';
import type { ContainmentPart, TaskLimits } from '@prefish/protocol';
import type { Exceeded, SandboxEnd, SandboxProcess, SandboxRequest } from '../sandbox.ts';
import { openControlGroup, removeLeftovers, type ControlGroup } from './control-group.ts';
import { DiskGuard } from './disk-guard.ts';
import { findHierarchies, readCgroupFacts, type Hierarchy } from './hierarchies.ts';
import { inGigabytes } from './in-gigabytes.ts';
import { limitsInForce, type LimitsInForce } from './task-limits.ts';

/** Keeps attempts to what they may use of the machine. */
export interface Limiter {
  /** What is in force here, and what to do for the rest. */
  report(limits?: TaskLimits): Promise<readonly ContainmentPart[]>;
  /** Starts an attempt in its limits. */
  start(
    request: SandboxRequest,
    start: (request: SandboxRequest) => Promise<SandboxProcess>,
  ): Promise<SandboxProcess>;
}

/** Groups that work, or why there are none. */
type Groups = { readonly hierarchies: readonly Hierarchy[]; readonly reason?: string };

/** The limits of this machine. Groups are tried once, by putting a process into one. */
export function createLimiter(): Limiter {
  const disk = new DiskGuard();
  let known: Promise<Groups> | undefined;
  const groups = (): Promise<Groups> => (known ??= tryGroups());

  return {
    async report(limits) {
      return [describe(await groups(), limitsInForce(limits))];
    },
    async start(request, start) {
      const limits = limitsInForce(request.limits);
      const { hierarchies } = await groups();
      const holdsProcesses = hierarchies.some(({ controllers }) => controllers.includes('pids'));
      const group = openControlGroup(hierarchies, `${request.task}-${request.attempt}`, limits);
      try {
        const started = await start(holdsProcesses ? request : withShellLimits(request, limits));
        await group.add(started.pid);
        return watched(started, { group, disk, limits, folder: dirname(request.tmp), root: request.root });
      } catch (error) {
        group.kill();
        await group.remove();
        throw error;
      }
    },
  };
}

interface Limits {
  readonly group: ControlGroup;
  readonly disk: DiskGuard;
  readonly limits: LimitsInForce;
  /** The attempt's, with everything in it that it can write. */
  readonly folder: string;
  /** Where it sees its workspace. */
  readonly root: string;
}

function watched(started: SandboxProcess, { group, disk, limits, folder, root }: Limits): SandboxProcess {
  let full: Exceeded | undefined;
  const kill = (): void => {
    group.kill();
    started.kill();
  };
  const stopWatching = disk.watch({
    folder,
    root,
    limit: limits.disk,
    processes: () => group.processes(),
    exceeded(why) {
      full = diskExceeded(why, limits);
      kill();
    },
  });
  return {
    ...started,
    kill,
    ended: started.ended
      .then((end) => {
        const exceeded = full ?? (hasFailed(end) ? whyFailed(group, limits) : undefined);
        return { ...end, ...(exceeded !== undefined && { exceeded }) };
      })
      .finally(async () => {
        stopWatching();
        await group.remove();
      }),
  };
}

/** A line that goes on without a process that it lost has not failed. */
function hasFailed({ exit }: SandboxEnd): boolean {
  return !('code' in exit) || exit.code !== 0;
}

function whyFailed(group: ControlGroup, limits: LimitsInForce): Exceeded | undefined {
  if (group.memoryKills() > 0) return memoryExceeded(limits);
  return group.wasFull() ? processesExceeded(limits) : undefined;
}

function processesExceeded({ processes }: LimitsInForce): Exceeded {
  return {
    limit: 'processes',
    message: `the task had as many processes and threads as it may (${processes}), and could start no more`,
    hint: 'limits: { processes: 10000 } in prefish.config.yaml, where the server runs, gives tasks more.',
  };
}

function memoryExceeded({ memory }: LimitsInForce): Exceeded {
  return {
    limit: 'memory',
    message: `the task used all the memory that it may have (${inGigabytes(memory)}), and the kernel ended a process of it`,
    hint: 'limits: { memory: "32 GB" } in prefish.config.yaml, where the server runs, gives tasks more.',
  };
}

function diskExceeded(why: 'limit' | 'reserve', { disk }: LimitsInForce): Exceeded {
  return why === 'limit'
    ? {
        limit: 'disk',
        message: `the task wrote more to the disk than it may (${inGigabytes(disk)}), and was ended`,
        hint: 'limits: { disk: "100 GB" } in prefish.config.yaml, where the server runs, gives tasks more.',
      }
    : {
        limit: 'disk',
        message: 'the disk is nearly full, and the task that wrote most to it was ended',
        hint: 'prefish clean frees what tasks have left.',
      };
}

/**
 * Where no group counts processes, the shell's limits do. They count those of a user, and since Linux 5.14
 * in a user namespace those of the namespace: before that, the user's own would be counted too.
 */
function withShellLimits(request: SandboxRequest, { processes }: LimitsInForce): SandboxRequest {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (major < 5 || (major === 5 && minor < 14)) return request;
  // dash calls it -p, other shells -u.
  const limit = `ulimit -c 0; ulimit -p ${processes} 2>/dev/null || ulimit -u ${processes} 2>/dev/null; exec "$@"`;
  return { ...request, command: ['/bin/sh', '-c', limit, 'sh', ...request.command] };
}

/** Puts a process into a group: that the folders can be written says little about whether the kernel lets it work. */
async function tryGroups(): Promise<Groups> {
  if (process.platform !== 'linux')
    return { hierarchies: [], reason: `there are none on ${process.platform}` };
  const hierarchies = findHierarchies(readCgroupFacts());
  if (!hierarchies.some(({ controllers }) => controllers.length > 0)) {
    return { hierarchies, reason: 'no control group here may be divided by this user' };
  }
  removeLeftovers(hierarchies);
  const child = spawn('/bin/sh', ['-c', 'read -r _'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  let group: ControlGroup | undefined;
  try {
    group = openControlGroup(hierarchies, 'probe', limitsInForce());
    if (child.pid !== undefined) await group.add(child.pid);
    return { hierarchies };
  } catch (error) {
    return { hierarchies: [], reason: (error as Error).message };
  } finally {
    child.stdin.destroy();
    await closed;
    await group?.remove();
  }
}

function describe({ hierarchies, reason }: Groups, limits: LimitsInForce): ContainmentPart {
  const held = hierarchies.flatMap(({ controllers }) => controllers);
  const said = [
    held.includes('memory') ? `${inGigabytes(limits.memory)} of memory` : undefined,
    `${limits.processes} processes`,
    `${inGigabytes(limits.disk)} of disk`,
  ].filter((one) => one !== undefined);
  const message = `a task may use ${said.join(', ')}`;
  if (held.includes('memory')) return { part: 'limits', ok: true, message };
  return {
    part: 'limits',
    ok: false,
    message: `${message}, and all the memory there is: ${reason ?? 'no control group here limits it'}`,
    ...(process.platform === 'linux' && {
      fix: 'Start the server in a group of its own: systemd-run --user --scope -p Delegate=yes prefish daemon start',
    }),
  };
}
