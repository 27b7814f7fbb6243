import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isCredential } from './credential-files.ts';
import { taskEnvironment, taskHome } from './environment.ts';
import { etcSecrets } from './etc-secrets.ts';
import { diskReader } from './folder-reader.ts';
import { hostFolders, hostServices, resolverFile } from './host-folders.ts';
import { nearEntries } from './near-entries.ts';
import { depth, isWithin, isWithinAny } from './paths.ts';
import type { SandboxRequest } from './sandbox.ts';
import { toolRoots } from './tool-roots.ts';
import { viewsWithout, type Mount } from './views.ts';

/** Everything of its own (all namespaces, no capabilities, no terminal), and gone with whoever started it. */
export const isolation: readonly string[] = [
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--cap-drop',
  'ALL',
];

/** What prefish itself brings is mounted below it. */
const ownFolder = '/run/prefish';

/**
 * What of `/proc` is no process's. Where the server is root, so is the task to the kernel: these would take its writes
 * for the host's (proc(5)), and remove a disk (`scsi`) or have a key press wake the machine (`acpi`).
 */
const kernelSettings = [
  'sys',
  'sysrq-trigger',
  'irq',
  'bus',
  'fs',
  'acpi',
  'scsi',
  'asound',
  'driver',
  'mtrr',
  'dynamic_debug',
  'latency_stats',
  'pressure',
].map((name) => `/proc/${name}`);

/** How many processors there are, and which memory is near: what `lscpu` and numerical libraries read. */
const processors = ['/sys/devices/system/cpu', '/sys/devices/system/node'];

/** What is shown where it is there, read-only. */
function asItIs(path: string): readonly string[] {
  return ['--ro-bind-try', path, path];
}

/** The arguments that give the host's programs, `/etc` without its secrets, and otherwise empty folders. */
export function hostProfile(empty: string): string[] {
  const args = hostFolders().flatMap(({ path, link }) =>
    link === undefined ? ['--ro-bind', path, path] : ['--symlink', link, path],
  );
  const secrets = etcSecrets();
  args.push('--ro-bind', '/etc', '/etc');
  for (const folder of secrets.folders) args.push('--tmpfs', folder);
  for (const file of secrets.files) args.push('--ro-bind', empty, file);
  args.push(
    '--proc',
    '/proc',
    ...kernelSettings.flatMap(asItIs),
    '--dev',
    '/dev',
    ...processors.flatMap(asItIs),
  );
  args.push('--tmpfs', '/run', '--tmpfs', '/var', '--symlink', '../run', '/var/run');
  return args;
}

/**
 * bubblewrap's arguments for a task, without the command. Mounts go from the outermost to the innermost,
 * so that a home inside `/tmp`, a workspace inside the home, or a home inside the workspace are all right.
 *
 * @param empty an empty file on the host, shown in place of what is hidden
 */
export function taskProfile(request: SandboxRequest, empty: string): string[] {
  const { root, tree, hasNetwork } = request;
  const systemFolders = [...hostFolders().map(({ path }) => path), '/etc'];
  const home = usableHome(taskHome(request), systemFolders);
  const tools = toolRoots({ path: request.path, home, workspace: root, systemFolders }, diskReader);
  const granted = request.mounts.filter(({ granted: isGrant }) => isGrant);
  const shown = [...systemFolders, ...tools];
  // A socket is a way out of a task without a network: what is read-only can be connected to.
  const services = hasNetwork ? [] : hostServices;
  const hidden = [...request.hidden, ...services].filter(
    (path) => isWithinAny(path, shown) && existsSync(path),
  );
  const [hiddenFolders, hiddenFiles] = [hidden.filter(isFolder), hidden.filter((path) => !isFolder(path))];
  const secrets = [
    ...tools
      .flatMap((folder) => nearEntries(folder, diskReader))
      .filter((entry) => isCredential(entry, diskReader) || (entry.kind === 'socket' && !hasNetwork)),
    ...granted
      .flatMap(({ target }) => nearEntries(target, diskReader))
      .filter((entry) => isCredential(entry, diskReader)),
  ]
    .map(({ path }) => path)
    .filter((path) => !isWithinAny(path, hidden));
  const views = viewsWithout({
    without: [...secrets, ...hiddenFiles.filter((path) => isWithinAny(path, tools))],
    hidden: hiddenFolders,
    empty,
    isWritable: (folder) => granted.some(({ target, writable }) => writable && isWithin(folder, target)),
    reader: diskReader,
  });
  const resolver = hasNetwork ? resolverFile() : undefined;

  const mounts: Mount[] = [
    { target: ownFolder, args: ['--tmpfs', ownFolder] },
    { target: '/tmp', args: ['--bind', request.tmp, '/tmp'] },
    { target: '/var/tmp', args: ['--bind', request.tmp, '/var/tmp'] },
    { target: home, args: ['--bind', request.home, home] },
    ...tools.map((path) => ({ target: path, args: ['--ro-bind-try', path, path] })),
    ...views.mounts,
    ...hiddenFolders.map((path) => ({ target: path, args: ['--tmpfs', path] })),
    ...hiddenFiles
      .filter((path) => isWithinAny(path, systemFolders))
      .map((path) => ({ target: path, args: ['--ro-bind', empty, path] })),
    ...request.mounts
      .filter(({ target }) => !views.folders.includes(target))
      // What is shown anyway has its links.
      .filter(({ target, link }) => !link || !isWithinAny(target, shown))
      .map(({ source, target, link, writable, optional }) => ({
        target,
        args: link
          ? ['--symlink', readlinkSync(source), target]
          : [`${writable ? '--bind' : '--ro-bind'}${optional ? '-try' : ''}`, source, target],
      })),
    ...(resolver === undefined ? [] : [{ target: resolver, args: ['--ro-bind', resolver, resolver] }]),
    { target: root, args: ['--bind', tree, root] },
  ];
  mounts.sort((one, other) => depth(one.target) - depth(other.target));

  const environment = Object.entries({ ...taskEnvironment(request, home), HOME: home });
  return [
    ...isolation,
    ...(hasNetwork ? ['--share-net'] : []),
    ...hostProfile(empty),
    ...mounts.flatMap(({ args }) => args),
    ...[ownFolder, ...views.folders].flatMap((path) => ['--remount-ro', path]),
    '--remount-ro',
    '/',
    '--chdir',
    join(root, request.cwd),
    '--clearenv',
    ...environment.flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A home that is no place of its own (`/`, `/usr` …) cannot be replaced by an empty folder. */
function usableHome(home: string, systemFolders: readonly string[]): string {
  const taken = ['/', '/var', '/run', '/tmp', '/proc', '/dev', '/sys', ...systemFolders];
  return taken.includes(home) ? '/home/prefish' : home;
}
