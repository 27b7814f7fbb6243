import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { release } from 'node:os';
import { dirname } from 'node:path';
import {
  errorMessage,
  PrefishError,
  formatBytes,
  type ContainmentPart,
  type SandboxKind,
  type TaskLimits,
} from '@prefish/protocol';
import type { Exceeded, SandboxProcess, SandboxRequest } from '../sandbox.ts';
import { openControlGroup, removeLeftovers, type ControlGroup } from './control-group.ts';
import { DiskGuard } from './disk-guard.ts';
import { whyEnded, whyFailed } from './exceeded.ts';
import { findHierarchies, readCgroupFacts, type Hierarchy } from './hierarchies.ts';
import { limitsInForce, type LimitsInForce } from './task-limits.ts';

/** Keeps attempts to what they may use of the machine. */
export interface Limiter {
  /** What is in force here, and what to do for the rest. */
  report(limits?: TaskLimits): Promise<readonly ContainmentPart[]>;
  /** Starts an attempt in its limits. */
  start(
    kind: SandboxKind,
    request: SandboxRequest,
    start: (request: SandboxRequest) => Promise<SandboxProcess>,
  ): Promise<SandboxProcess>;
}

const isLinux = process.platform === 'linux';

/** Groups that work, or why there are none. */
type Groups = { readonly hierarchies: readonly Hierarchy[]; readonly reason?: string };

/** The limits of this machine. Groups are tried once, by putting a process into one. */
export function createLimiter(): Limiter {
  const disk = new DiskGuard();
  let known: Promise<Groups> | undefined;
  const groups = (): Promise<Groups> => (known ??= tryGroups());

  return {
    async report(limits) {
      return isLinux ? [describe(await groups(), limitsInForce(limits))] : [];
    },
    async start(kind, request, start) {
      const limits = limitsInForce(request.limits);
      const { hierarchies } = await groups();
      const holdsProcesses = hierarchies.some(({ controllers }) => controllers.includes('pids'));
      const group = openGroup(hierarchies, `${request.task}-${request.attempt}`, limits);
      let started: SandboxProcess | undefined;
      try {
        const isCounted = holdsProcesses || kind === 'none';
        started = await start(isCounted ? request : withShellLimits(request, limits));
        await group.add(started.pid);
        return watched(started, { group, disk, limits, folder: dirname(request.tmp), root: request.root });
      } catch (error) {
        started?.kill();
        await started?.ended.catch(() => {});
        await group.remove();
        throw error;
      }
    },
  };
}

/** @throws PREFISH_WORKSPACE_FAILED */
function openGroup(hierarchies: readonly Hierarchy[], name: string, limits: LimitsInForce): ControlGroup {
  try {
    return openControlGroup(hierarchies, name, limits);
  } catch (cause) {
    const message = `the limits of the task could not be set: ${errorMessage(cause)}`;
    throw new PrefishError('PREFISH_WORKSPACE_FAILED', message, { cause });
  }
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
  const watchDisk = (): (() => void) =>
    disk.watch({
      folder,
      root,
      limit: limits,
      processes: () => group.processes(),
      exceeded(why) {
        full = whyEnded(why, limits);
        kill();
      },
    });
  // Elsewhere `find` cannot tell when a file was changed.
  const stopWatching = isLinux ? watchDisk() : undefined;
  return {
    ...started,
    kill,
    ended: started.ended
      .then((end) => {
        const exceeded = full ?? whyFailed(end, group, limits);
        return { ...end, ...(exceeded !== undefined && { exceeded }) };
      })
      .finally(async () => {
        stopWatching?.();
        await group.remove();
      }),
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
  if (!isLinux) return { hierarchies: [] };
  const hierarchies = findHierarchies(readCgroupFacts());
  if (!hierarchies.some(({ controllers }) => controllers.length > 0)) {
    return { hierarchies, reason: 'no control group here may be divided by this user' };
  }
  removeLeftovers(hierarchies);
  const child = spawn('/bin/sh', ['-c', 'read -r _'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  let group: ControlGroup | undefined;
  try {
    group = openControlGroup(hierarchies, `probe-${randomUUID()}`, limitsInForce());
    if (child.pid !== undefined) await group.add(child.pid);
    return { hierarchies };
  } catch (error) {
    return { hierarchies: [], reason: errorMessage(error) };
  } finally {
    child.stdin.destroy();
    await closed;
    await group?.remove();
  }
}

function describe({ hierarchies, reason }: Groups, limits: LimitsInForce): ContainmentPart {
  const held = hierarchies.flatMap(({ controllers }) => controllers);
  const said = [
    held.includes('memory') ? `${formatBytes(limits.memory)} of memory` : undefined,
    `${limits.processes} processes`,
    `${formatBytes(limits.disk)} of disk`,
    `${limits.files} files`,
  ].filter((one) => one !== undefined);
  const message = `a task may use ${said.join(', ')}`;
  if (held.includes('memory')) return { part: 'limits', ok: true, message };
  return {
    part: 'limits',
    ok: false,
    message: `${message}, and all the memory there is: ${reason ?? 'no control group here limits it'}`,
    fix: 'Start the server in a group of its own: systemd-run --user --scope -p Delegate=yes prefish daemon start',
  };
}
