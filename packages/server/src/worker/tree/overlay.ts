import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { text } from 'node:stream/consumers';
import { removeFolder } from '../sweep-tree.ts';

/** Folders that are laid over each other. All are absolute. */
export interface Layers {
  /** What is only read, the topmost first. */
  readonly lower: readonly string[];
  /** What is written, and a folder beside it for the kernel; both are empty. */
  readonly upper: string;
  readonly work: string;
  /** Where all of it is seen. */
  readonly place: string;
}

/** Layers that are mounted, in a mount namespace of their own. */
export interface Overlay {
  /** Where this process sees them. */
  readonly path: string;
  /** What a program is started with that is to see them at their place. */
  readonly enter: readonly string[];
  unmount(): Promise<void>;
}

/** How a process gets a mount namespace, and how others get into it. */
interface Way {
  readonly unshare: readonly string[];
  readonly enter: readonly string[];
  readonly options: string;
}

/**
 * unshare(1) and nsenter(1). Who is not root mounts in a user namespace, in which it is itself; programs that enter
 * it have no capabilities there, as bubblewrap wants it. The kernel lets only root rename folders that lie below
 * (overlayfs.rst, "renaming directories"): to others rename(2) says EXDEV, and programs copy, as in containers.
 */
const ways: { readonly root: Way; readonly user: Way } = {
  root: { unshare: ['--mount'], enter: ['--mount'], options: 'redirect_dir=on' },
  user: {
    unshare: ['--user', '--mount', '--map-current-user', '--keep-caps'],
    enter: ['--user', '--preserve-credentials', '--mount'],
    options: 'userxattr',
  },
};

/** Mounts, says so, and holds the namespace until its standard input ends: with the server, however that ends. */
const holder = 'mount -t overlay overlay -o "$1" "$2" && echo mounted && exec cat';
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** mount(8) would take these for its own in a path. */
const special = /[,:\\"\s]/;

/** Mounts layers, or says why that cannot be. */
export type MountOverlay = (layers: Layers) => Promise<Overlay>;

/**
 * What mounts layers below a folder, found out by doing it there: with what tasks do to a tree, as the user that
 * the server runs as. `undefined` where it does not work.
 */
export async function findOverlay(folder: string): Promise<MountOverlay | undefined> {
  const [unshare, nsenter] = [findProgram('unshare'), findProgram('nsenter')];
  if (unshare === undefined || nsenter === undefined || special.test(folder)) return undefined;
  const possible = getuid?.() === 0 ? [ways.root, ways.user] : [ways.user];
  for (const way of possible) {
    const mount: MountOverlay = (layers) => mountOverlay(layers, way, { unshare, nsenter });
    if (await works(mount, folder)) return mount;
  }
  return undefined;
}

async function mountOverlay(
  { lower, upper, work, place }: Layers,
  way: Way,
  programs: { readonly unshare: string; readonly nsenter: string },
): Promise<Overlay> {
  // `volatile`: nothing is synced when it is unmounted, since nothing of it is used again.
  const options = `${way.options},volatile,lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work}`;
  const child = spawn(
    programs.unshare,
    [...way.unshare, '--', '/bin/sh', '-c', holder, 'prefish-tree', options, place],
    // What is typed at the terminal of a server that lets its tasks end is not for their trees.
    { cwd: upper, env: { PATH: systemPath, LC_ALL: 'C' }, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  );
  child.stdin.on('error', () => {});
  const complaint = text(child.stderr);
  const mounted = await Promise.race([once(child.stdout, 'data').then(() => true), gone.then(() => false)]);
  if (!mounted) throw new Error(`no overlay could be mounted: ${(await complaint).trim()}`);
  return {
    path: `/proc/${child.pid}/root${place}`,
    enter: [programs.nsenter, ...way.enter, '--target', String(child.pid), '--'],
    async unmount() {
      // Not asked to: somebody may have stopped it.
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Changes and removes what lies below, from outside of the namespace. */
async function works(mount: MountOverlay, parent: string): Promise<boolean> {
  const folder = join(parent, `probe-${randomUUID()}`);
  const layers = {
    lower: [join(folder, 'lower')],
    upper: join(folder, 'upper'),
    work: join(folder, 'work'),
    place: join(folder, 'place'),
  };
  try {
    for (const path of [join(folder, 'lower/folder'), layers.upper, layers.work, layers.place]) {
      await mkdir(path, { recursive: true, mode: 0o700 });
    }
    for (const name of ['file', 'gone']) await writeFile(join(folder, 'lower', name), name);
    const { path, unmount } = await mount(layers);
    try {
      await writeFile(join(path, 'file'), 'changed');
      await rm(join(path, 'gone'));
      await rm(join(path, 'folder'), { recursive: true });
      return existsSync(join(layers.upper, 'file')) && existsSync(join(folder, 'lower/folder'));
    } finally {
      await unmount();
    }
  } catch {
    return false;
  } finally {
    await removeFolder(folder).catch(() => {});
  }
}

function findProgram(name: string): string | undefined {
  return systemPath
    .split(':')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
