import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isCredential } from './credential-files.ts';
import { taskEnvironment, taskHome } from './environment.ts';
import { diskReader } from './folder-reader.ts';
import { hostFolders, hostServices, resolverFile } from './host-folders.ts';
import { hostProfile, isolation } from './host-profile.ts';
import { isOfKernel, refuseLinks } from './mount-targets.ts';
import { nearEntries } from './near-entries.ts';
import { depth, isWithin, isWithinAny } from './paths.ts';
import type { SandboxRequest } from './sandbox.ts';
import { toolRoots } from './tool-roots.ts';
import { viewsWithout, type Mount } from './views.ts';

/** What prefish itself brings is mounted below it. */
const ownFolder = '/run/prefish';

/**
 * bubblewrap's arguments for a task, without the command. Mounts go from the outermost to the innermost,
 * so that a home inside `/tmp`, a workspace inside the home, or a home inside the workspace are all right.
 *
 * @param empty an empty file on the host, shown in place of what is hidden
 * @throws PREFISH_WORKSPACE_FAILED for a place to which links lead
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
  refuseLinks(
    mounts.map(({ target }) => target),
    [
      ...['/tmp', '/var/tmp'].map((target) => ({ source: request.tmp, target })),
      { source: request.home, target: home },
      { source: request.treeHere ?? tree, target: root },
    ],
  );

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
  return taken.includes(home) || isOfKernel(home) ? '/home/prefish' : home;
}
