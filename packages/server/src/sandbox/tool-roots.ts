import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import type { FolderReader } from './folder-reader.ts';
import { isWithin, isWithinAny } from './paths.ts';

/** Whose tools, and what is there already. Paths are absolute and normal. */
export interface ToolRootsRequest {
  /** The submitter's PATH. */
  readonly path: string;
  /** The submitter's home. */
  readonly home: string;
  /** The top of the workspace: what lies below it is the task's own copy. */
  readonly workspace: string;
  /** Folders that the sandbox has as the host has them. */
  readonly systemFolders: readonly string[];
}

/** Names of folders that hold programs, and whose parent may hold what the programs need. */
const programFolder = /^(bin|sbin|shims)$/;

/**
 * What makes the parent of a folder of programs a tool's own: where builds put libraries and data (GNU
 * Coding Standards, 7.2.5), a Python environment's mark (PEP 405), where version managers, RubyGems and
 * Homebrew install to, and what Kafka, Spark and Flutter ship beside their `bin`.
 */
const toolMarks = [
  'lib',
  'lib64',
  'libexec',
  'include',
  'share',
  'pyvenv.cfg',
  'versions',
  'installs',
  'gems',
  'Cellar',
  'libs',
  'jars',
  'bin/cache',
] as const;

/**
 * What a tool manager needs besides the folder that it puts on PATH, relative to the home. Sources: the
 * documentation of cargo, nvm, pyenv, rbenv, asdf, mise, volta, bun and deno on where they install to;
 * pip's and npm's user installs keep their modules in `.local/lib`.
 */
const companions: readonly (readonly [entry: string, roots: readonly string[]])[] = [
  ['.cargo/bin', ['.cargo', '.rustup']],
  ['.local/bin', ['.local/lib']],
  ['.nvm', ['.nvm']],
  ['.pyenv', ['.pyenv']],
  ['.rbenv', ['.rbenv']],
  ['.asdf', ['.asdf']],
  ['.local/share/mise', ['.local/share/mise']],
  ['.volta', ['.volta']],
  ['.bun', ['.bun']],
  ['.deno', ['.deno']],
];

/** Folders of a home that hold much besides a tool, or secrets: never bound whole because of one entry. */
const neverWhole = [
  '.local',
  '.local/share',
  '.config',
  '.cache',
  '.docker',
  '.kube',
  '.aws',
  '.azure',
  '.ssh',
  '.gnupg',
  '.password-store',
  'Library',
];

/** Top folders that belong to everyone: a tool's root is something below them. */
const shared = new Set([
  '/tmp',
  '/var',
  '/run',
  '/home',
  '/root',
  '/mnt',
  '/media',
  '/srv',
  '/etc',
  '/boot',
  '/Users',
]);
/** Homes by their place, whoever the submitter says to be: HOME may name another folder than theirs. */
const someHome = /^\/(home|Users)\/[^/]+$/;
const kernelFolders = ['/proc', '/sys', '/dev'];

/**
 * The folders (and single files) that have to be bound so that what PATH names works, each under its own
 * path: a tool manager's whole root, both ends of symbolic links. Never the home, a folder above it, or
 * one above the workspace. None of the answers lies within another or within a system folder.
 */
export function toolRoots(request: ToolRootsRequest, reader: FolderReader): string[] {
  const { workspace, systemFolders } = request;
  // A home can have two names: its own and that of where a symbolic link leads.
  const homes = [...new Set([request.home, reader.resolve(request.home) ?? request.home])];
  const roots = new Set<string>();
  const examined = new Set<string>();

  /** Whether binding this path would show more than a tool. */
  const tooWide = (path: string): boolean =>
    path === '/' ||
    shared.has(path) ||
    someHome.test(path) ||
    isWithin(workspace, path) ||
    homes.some((home) => isWithin(home, path) || neverWhole.some((folder) => path === join(home, folder)));
  const present = (path: string): boolean =>
    isWithinAny(path, systemFolders) || isWithin(path, workspace) || isWithinAny(path, kernelFolders);

  const add = (path: string): void => {
    if (!present(path)) roots.add(path);
  };

  /** Whether a folder is a tool's, and not one where somebody keeps programs next to other things. */
  const isTool = (folder: string): boolean =>
    toolMarks.some((name) => reader.resolve(join(folder, name)) !== undefined) ||
    homes.some((home) => companionsOf(folder, home).some((root) => isWithin(folder, root)));

  /** The folder to bind for a folder of programs: alone, or the whole tool around it. */
  const rootOfPrograms = (folder: string): string => {
    const parent = dirname(folder);
    return programFolder.test(basename(folder)) && !tooWide(parent) && isTool(parent) ? parent : folder;
  };

  /** The folder to bind for a program that a symbolic link led to; the program alone where its folder is too wide. */
  const rootOfTarget = (file: string): string => {
    const inModules = /^(.*?\/node_modules)\//.exec(file)?.[1];
    if (inModules !== undefined && !tooWide(inModules)) return inModules;
    const root = rootOfPrograms(dirname(file));
    return tooWide(root) ? file : root;
  };

  const examine = (folder: string): void => {
    if (examined.has(folder) || present(folder) || tooWide(folder)) return;
    examined.add(folder);
    add(rootOfPrograms(folder));
    const real = reader.resolve(folder);
    if (real !== undefined && real !== folder) examine(real);
    for (const entry of reader.list(folder)) {
      if (entry.kind === 'link') examineLink(join(folder, entry.name));
    }
  };

  /** Follows a chain of links step by step: each of its ends has to be there. */
  const examineLink = (path: string): void => {
    let at = path;
    for (let hops = 0; hops < 16; hops += 1) {
      const target = reader.link(at);
      if (target === undefined) return;
      const folder = dirname(at);
      at = normalize(isAbsolute(target) ? target : join(reader.resolve(folder) ?? folder, target));
      examineTarget(at);
      const real = reader.resolve(at);
      if (real !== undefined && real !== at) examineTarget(real);
    }
  };

  const examineTarget = (path: string): void => {
    const kind = reader.kind(path);
    if (kind === undefined || present(path)) return;
    if (kind === 'folder') {
      if (!tooWide(path)) add(path);
      return;
    }
    add(rootOfTarget(path));
    if (programFolder.test(basename(dirname(path)))) examine(dirname(path));
  };

  for (const entry of request.path.split(':')) {
    if (!isAbsolute(entry)) continue;
    const folder = normalize(entry).replace(/(?<=.)\/+$/, '');
    if (present(folder) || tooWide(folder) || reader.resolve(folder) === undefined) continue;
    examine(folder);
    for (const home of homes) {
      for (const root of companionsOf(folder, home)) if (reader.resolve(root) !== undefined) add(root);
    }
  }
  return outermost(roots);
}

function companionsOf(folder: string, home: string): string[] {
  return companions
    .filter(([entry]) => isWithin(folder, join(home, entry)))
    .flatMap(([, needed]) => needed.map((name) => join(home, name)));
}

function outermost(paths: Iterable<string>): string[] {
  const kept: string[] = [];
  for (const path of [...paths].sort()) if (!isWithinAny(path, kept)) kept.push(path);
  return kept;
}
