import { accessSync, constants, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** What of a machine is shared out by control groups. */
export type Controller = 'memory' | 'pids' | 'cpu';

/** A tree of control groups, and where in it this process may make groups. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly folder: string;
  /** Those of them that are in force in groups made there. */
  readonly controllers: readonly Controller[];
}

/** What the kernel says of this process and of what is mounted: `/proc/self/cgroup` and `/proc/self/mountinfo`. */
export interface CgroupFacts {
  readonly cgroup: string;
  readonly mountinfo: string;
}

const all: readonly Controller[] = ['memory', 'pids', 'cpu'];
/** The group into which a server moves that has a group of its own: only groups without processes pass controllers on (cgroups(7)). */
const ownLeaf = 'prefish-server';

/** What the kernel says now; nothing where there are no control groups. */
export function readCgroupFacts(): CgroupFacts {
  try {
    return {
      cgroup: readFileSync('/proc/self/cgroup', 'utf8'),
      mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    };
  } catch {
    return { cgroup: '', mountinfo: '' };
  }
}

/**
 * Where groups for tasks can be made: below the group of this process, so that whatever limits the server
 * limits its tasks too. In version 1 there is a place for each controller, in version 2 one for all, in a
 * hybrid both. Of version 2, a place without controllers counts too: by it a whole group is killed.
 */
export function findHierarchies({ cgroup, mountinfo }: CgroupFacts): Hierarchy[] {
  const mounts = mountinfo.split('\n').flatMap(readMount);
  return cgroup.split('\n').flatMap((line): Hierarchy[] => {
    const [, id, names = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (id === undefined) return [];
    if (id === '0' && names === '') return unified(mounts, path);
    const controllers = all.filter((one) => names.split(',').includes(one));
    const mount = mounts.find(
      ({ type, options }) => type === 'cgroup' && controllers.some((one) => options.includes(one)),
    );
    const folder = mount && placeIn(mount, path);
    return folder !== undefined && isWritable(folder) ? [{ version: 1, folder, controllers }] : [];
  });
}

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** A line of mountinfo (proc_pid_mountinfo(5)). */
function readMount(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', point = ''] = before.split(' ');
  const [type = '', , options = ''] = after.split(' ');
  return type.startsWith('cgroup') ? [{ root, point, type, options: options.split(',') }] : [];
}

/** Where a group is in the file system; nothing where the mount shows another part of the tree. */
function placeIn({ root, point }: Mount, path: string): string | undefined {
  const below = relative(root, path);
  return below.split('/')[0] === '..' ? undefined : join(point, below);
}

function unified(mounts: readonly Mount[], path: string): Hierarchy[] {
  const mount = mounts.find(({ type }) => type === 'cgroup2');
  const own = mount && placeIn(mount, path);
  if (own === undefined) return [];
  const places = [
    basename(own) === ownLeaf ? dirname(own) : own,
    // A scope is of a session or an application, with whose other processes the server shares it.
    ...(own.endsWith('.scope') ? [dirname(own)] : []),
  ].filter(isWritable);
  const found = places.map((folder): Hierarchy => ({ version: 2, folder, controllers: passedOn(folder) }));
  const best = found.find(({ controllers }) => controllers.length > 0) ?? found[0];
  return best === undefined ? [] : [best];
}

/** The controllers that groups in a folder get, switched on where they can be. */
function passedOn(folder: string): Controller[] {
  const wanted = all.filter((one) => words(join(folder, 'cgroup.controllers')).includes(one));
  const lacking = wanted.filter((one) => !words(join(folder, 'cgroup.subtree_control')).includes(one));
  if (lacking.length > 0) {
    leaveAlone(folder);
    for (const one of lacking) tryWrite(join(folder, 'cgroup.subtree_control'), `+${one}`);
  }
  const passed = words(join(folder, 'cgroup.subtree_control'));
  return wanted.filter((one) => passed.includes(one));
}

/** Moves this process, and what it has started, out of its group where nobody else is in it. */
function leaveAlone(folder: string): void {
  const inside = (): number[] => words(join(folder, 'cgroup.procs')).map(Number);
  if (!inside().every(isOurs)) return;
  const leaf = join(folder, ownLeaf);
  try {
    mkdirSync(leaf, { recursive: true });
  } catch {
    return;
  }
  // First this process: what it starts from then on is where it is.
  for (const pid of [process.pid, ...inside()]) tryWrite(join(leaf, 'cgroup.procs'), String(pid));
}

/** Whether a process is this one, or descends from it. */
function isOurs(pid: number): boolean {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === process.pid) return true;
  return false;
}

/** The fourth field of `/proc/PID/stat` (proc_pid_stat(5)); the second may hold anything. */
function parentOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

function words(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}

function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // What was written is looked at, not whether.
  }
}

/** Whether groups can be made in a folder, and processes moved from it into them. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
