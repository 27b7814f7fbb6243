import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signalProcess } from '@prefish/processes';
import { setTimeout as pause } from 'node:timers/promises';
import type { Controller, Hierarchy } from './hierarchies.ts';
import type { LimitsInForce } from './task-limits.ts';

/** The control groups of one attempt: its processes, and what they may use together. */
export interface ControlGroup {
  /** Puts a process into it; whatever that process starts is in it too. The kernel may take milliseconds for that. */
  add(pid: number): Promise<void>;
  /** The processes in it. */
  processes(): readonly number[];
  /** Kills every process in it at once, where the kernel can. */
  kill(): void;
  /** How many of its processes the kernel has killed for want of memory. */
  memoryKills(): number;
  /** Whether a process could not be started because there were as many as may be. */
  wasFull(): boolean;
  /** Removes it once its processes are gone. What cannot be removed is left to {@link removeLeftovers}. */
  remove(): Promise<void>;
}

/** The file and the text of each limit: cgroup-v2.rst and cgroup-v1/ of the kernel's documentation. */
type Settings = readonly (readonly [file: string, text: string])[];

const period = 100_000;
const prefix = 'prefish-';

/**
 * Makes a group in every hierarchy. Nothing is left behind when it fails.
 *
 * @throws what the file system says where a limit cannot be set
 */
export function openControlGroup(
  hierarchies: readonly Hierarchy[],
  name: string,
  limits: LimitsInForce,
): ControlGroup {
  const made: { readonly folder: string; readonly hierarchy: Hierarchy }[] = [];
  const removeAll = async (): Promise<void> => {
    for (const { folder } of made.splice(0)) await removeGroup(folder);
  };
  try {
    for (const hierarchy of hierarchies.filter((one) => isOfUse(one, limits))) {
      const folder = join(hierarchy.folder, `${prefix}${process.pid}-${name}`);
      mkdirSync(folder);
      made.push({ folder, hierarchy });
      for (const controller of hierarchy.controllers) {
        for (const [file, text] of settings(hierarchy.version, controller, limits)) {
          writeFileSync(join(folder, file), text);
        }
      }
      if (hierarchy.controllers.includes('memory')) withoutSwap(hierarchy.version, folder, limits);
    }
  } catch (error) {
    void removeAll();
    throw error;
  }
  const holding = (controller: Controller): (typeof made)[number] | undefined =>
    made.find(({ hierarchy }) => hierarchy.controllers.includes(controller));

  return {
    async add(pid) {
      await Promise.all(made.map(({ folder }) => writeFile(join(folder, 'cgroup.procs'), String(pid))));
    },
    processes() {
      const [first] = made;
      return first === undefined
        ? []
        : read(join(first.folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
    },
    kill() {
      for (const { folder, hierarchy } of made) {
        if (hierarchy.version === 2) tryWrite(join(folder, 'cgroup.kill'), '1');
      }
    },
    memoryKills() {
      const group = holding('memory');
      if (group === undefined) return 0;
      const file = group.hierarchy.version === 2 ? 'memory.events' : 'memory.oom_control';
      return count(join(group.folder, file), 'oom_kill');
    },
    wasFull() {
      const group = holding('pids');
      return group !== undefined && count(join(group.folder, 'pids.events'), 'max') > 0;
    },
    remove: removeAll,
  };
}

/** Removes the empty groups of servers that were killed. */
export function removeLeftovers(hierarchies: readonly Hierarchy[]): void {
  for (const { folder } of hierarchies) {
    for (const name of namesIn(folder)) {
      const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
      if (pid === undefined || signalProcess(Number(pid), 0)) continue;
      try {
        rmdirSync(join(folder, name));
      } catch {
        // Something still runs in it, or another server was faster.
      }
    }
  }
}

/** In version 1, joining a group costs time for each hierarchy: not where it would limit nothing. */
function isOfUse({ version, controllers }: Hierarchy, limits: LimitsInForce): boolean {
  return version === 2 || controllers.some((controller) => settings(1, controller, limits).length > 0);
}

function settings(version: 1 | 2, controller: Controller, limits: LimitsInForce): Settings {
  const { memory, processes, cpus } = limits;
  if (controller === 'memory')
    return [[version === 2 ? 'memory.max' : 'memory.limit_in_bytes', String(memory)]];
  if (controller === 'pids') return [['pids.max', String(processes)]];
  if (cpus === undefined) return [];
  const quota = Math.max(1000, Math.round(cpus * period));
  return version === 2
    ? [['cpu.max', `${quota} ${period}`]]
    : [
        ['cpu.cfs_period_us', String(period)],
        ['cpu.cfs_quota_us', String(quota)],
      ];
}

/** Not every kernel counts swap. Where it does, a task gets none beyond its memory. */
function withoutSwap(version: 1 | 2, folder: string, { memory }: LimitsInForce): void {
  if (version === 2) tryWrite(join(folder, 'memory.swap.max'), '0');
  else tryWrite(join(folder, 'memory.memsw.limit_in_bytes'), String(memory));
}

/** The number behind a word in a file of `word number` lines; 0 where there is none. */
function count(path: string, word: string): number {
  return Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(read(path))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A process that has ended may take a moment to leave its group. */
async function removeGroup(folder: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await pause(5 * round);
    }
  }
}

function tryWrite(path: string, text: string): void {
  try {
    // Only what the kernel has: in a folder that is none of its groups, nothing is made.
    writeFileSync(path, text, { flag: 'r+' });
  } catch {
    // Left as it is.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
