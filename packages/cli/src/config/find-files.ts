import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import type { ConfigFile, IgnoredFile, Level } from './configuration.ts';
import { homeFolder } from '../folders.ts';
import { readConfigFile } from './read-file.ts';

const scriptExtensions: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** What a folder may hold. In the user's own, only the first row counts. */
const ownNames = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml'].map((extension) => `prefish.config.${extension}`);
const projectNames = [...ownNames, '.prefishrc', '.prefishrc.json', '.prefishrc.yaml'];

/** Names that other tools would read, and the one to use in their place. */
const ignoredNames: Readonly<Record<string, string>> = {
  'prefish.config.yml': 'prefish.config.yaml',
  'prefish.config.jsonc': 'prefish.config.json',
  'prefish.config.toml': 'prefish.config.yaml',
  'prefish.config.cjs': 'prefish.config.mjs',
  'prefish.config.cts': 'prefish.config.mts',
  '.prefishrc.yml': '.prefishrc.yaml',
  '.prefishrc.js': 'prefish.config.js',
  '.prefishrc.mjs': 'prefish.config.mjs',
  '.prefishrc.cjs': 'prefish.config.mjs',
  '.prefishrc.ts': 'prefish.config.ts',
};

/** Where to look. */
export interface Places {
  /** The user's configuration folder. */
  readonly user: string;
  /** The folder that the session starts in; absent where no project's configuration may be read. */
  readonly start?: string;
  /** The file that `--config` or PREFISH_CONFIG names, relative to the process's folder. */
  readonly given?: string;
  /** Default: the user's. */
  readonly home?: string;
}

/** What was found, in the order in which it counts: the later wins. */
export interface FoundFiles {
  readonly files: readonly ConfigFile[];
  readonly ignored: readonly IgnoredFile[];
  readonly problems: readonly PrefishError[];
}

/**
 * Finds the configuration files. Nothing is run, and of the files only a package.json is read. Looking
 * costs a few dozen microseconds a folder, whatever the folder holds.
 */
export function findConfigFiles(places: Places): FoundFiles {
  const found = {
    files: [] as readonly ConfigFile[],
    ignored: [] as IgnoredFile[],
    problems: [] as PrefishError[],
  };
  const take = ({ folder, holds }: Looked, level: Level, root?: string): boolean => {
    const names = (level === 'project' ? projectNames : ownNames).filter(holds);
    for (const [name, better] of Object.entries(ignoredNames)) {
      if ((level === 'project' || name.startsWith('prefish')) && holds(name))
        found.ignored.push({ path: join(folder, name), hint: `Rename it to ${better}.` });
    }
    if (level === 'project' && holds('package.json') && configuresPrefish(join(folder, 'package.json')))
      names.push('package.json');
    if (names.length > 1) found.problems.push(several(folder, names));
    if (names.length === 1) {
      const path = join(folder, names[0]!);
      const file = { path, level, format: formatOf(path), ...(root === undefined ? {} : { root }) };
      found.files = [...found.files, file];
    }
    return names.length > 0;
  };
  take(lookInto(places.user), 'user');
  const folders = places.start === undefined ? [] : projectFolders(places.start, places);
  for (const folder of folders) if (take(folder, 'project', folders.at(-1)!.folder)) break;
  if (places.given !== undefined) {
    const path = resolve(places.given);
    if (isPresent(path)) {
      const real = realPath(path) ?? path;
      const others = found.files.filter((file) => file.level !== 'project' || realPath(file.path) !== real);
      found.files = [...others, { path, level: 'given', format: formatOf(path) }];
    } else found.problems.push(missing(path));
  }
  return found;
}

/** The root of the project that `start` lies in: of its repository, or the folder itself; none for what is nobody's. */
export function projectRoot(start: string, home: string = homeFolder()): string | undefined {
  const realHome = realPath(home) ?? home;
  const first = realPath(start);
  for (let folder = first; folder !== undefined; folder = parentOf(folder)) {
    if (folder === realHome || isAbove(folder, realHome)) return folder === first ? undefined : first;
    if (isPresent(join(folder, '.git'))) return folder;
  }
  return first;
}

/**
 * The folders in which a project's configuration may lie, nearest first: from `start` to the root of its
 * repository, or `start` alone. Real paths. The home folder and those above it are nobody's project, the
 * user's configuration folder is the user's, and what lies in `node_modules` was installed by the project
 * around it, and configures nothing.
 */
function projectFolders(start: string, { user, home = homeFolder() }: Omit<Places, 'start'>): Looked[] {
  const realHome = realPath(home) ?? home;
  const realUser = realPath(user) ?? user;
  const first = realPath(start);
  const folders: Looked[] = [];
  const mayCount = ({ folder }: Looked): boolean => folder !== realUser && !isBelowModules(folder);
  for (let folder = first; folder !== undefined; folder = parentOf(folder)) {
    if (folder === realHome || isAbove(folder, realHome)) break;
    const looked = lookInto(folder);
    folders.push(looked);
    if (looked.holds('.git')) return folders.filter(mayCount);
  }
  return folders.slice(0, 1).filter(mayCount);
}

function isBelowModules(folder: string): boolean {
  return folder.split(sep).includes('node_modules');
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : parent;
}

/** A folder, and whether it holds a file of that name. */
interface Looked {
  readonly folder: string;
  holds(this: void, name: string): boolean;
}

/** The size, in bytes, up to which a folder is listed: with more in it, asking for each name is quicker. */
const smallFolder = 64 * 1024;

function lookInto(folder: string): Looked {
  try {
    const size = statSync(folder, { throwIfNoEntry: false })?.size;
    if (size === undefined) return { folder, holds: () => false };
    if (size <= smallFolder) {
      const names = new Set(readdirSync(folder));
      return { folder, holds: (name) => names.has(name) };
    }
  } catch {
    // It may be entered, but not listed.
  }
  return { folder, holds: (name) => isPresent(join(folder, name)) };
}

/** How a file is read, by its name. A file that was named may have any; without an ending it is YAML, which JSON is too. */
export function formatOf(path: string): ConfigFile['format'] {
  const extension = extname(path);
  if (basename(path) === 'package.json') return 'manifest';
  if (scriptExtensions.includes(extension) || extension === '.cjs' || extension === '.cts') return 'script';
  return extension === '.json' ? 'json' : 'yaml';
}

/** A symlink that leads nowhere is there too: whoever made it meant something. */
function isPresent(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a package.json has the key `prefish`. One that cannot be read is none of prefish's business. */
function configuresPrefish(path: string): boolean {
  try {
    const content = readConfigFile(path);
    if (!content.includes('"prefish"')) return false;
    return Object.hasOwn(JSON.parse(content.toString()) as object, 'prefish');
  } catch {
    return false;
  }
}

function isAbove(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function several(folder: string, names: readonly string[]): PrefishError {
  return new PrefishError(
    'PREFISH_CONFIG_INVALID',
    `${folder} holds several configurations, so none of them counts: ${names.join(' and ')}`,
    { hint: 'Keep one of them.' },
  );
}

function missing(path: string): PrefishError {
  return new PrefishError('PREFISH_CONFIG_MISSING', `The configuration file ${path} is not there`, {
    hint: '--config, or PREFISH_CONFIG, names it.',
  });
}
