import { realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import { readConfigFile } from '../config/read-file.ts';

/** The largest package.json that Node is let read, in bytes: as {@link readConfigFile} has it. */
const largestManifest = 1024 * 1024;

/**
 * Checks each package.json that Node would read to resolve an import, before it does: it opens them as they
 * come, and waits for ever for one that is a pipe or a device. Whatever the conditions are, all targets
 * that a package names are looked at.
 */
export class ReadableManifests {
  readonly #folders = new Set<string>();
  readonly #imports = new Set<string>();

  /**
   * Those that are read to find `specifier` from the file `parent`.
   *
   * @throws PREFISH_CONFIG_UNREADABLE for one that is no regular file, or too large
   */
  check(specifier: string, parent: string): void {
    const folder = dirname(parent);
    const key = `${folder}\0${specifier}`;
    if (this.#imports.has(key) || isBuiltin(specifier)) return;
    this.#imports.add(key);
    this.above(parent);
    if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier)) {
      this.above(join(specifier.startsWith('/') ? '/' : folder, specifier, 'index.js'));
      return;
    }
    const [, name, rest = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/s.exec(specifier) ?? [];
    if (name === undefined) return;
    for (const above of upwards(folder)) {
      // What a folder calls itself, or has among its own `imports`, is said in its own package.json.
      this.#targets(above, specifier.startsWith('#') ? specifier : `.${rest}`);
      if (!specifier.startsWith('#')) this.#targets(join(above, 'node_modules', name), `.${rest}`);
    }
  }

  /** Those from the folder of the file `path` upwards, and from where it really is. @throws PREFISH_CONFIG_UNREADABLE */
  above(path: string): void {
    for (const start of new Set([path, realOr(path)])) {
      for (const folder of upwards(dirname(start))) this.#manifest(folder);
    }
  }

  /** What a package says of `wanted`: `.`, `./sub/path`, or `#name`. */
  #targets(folder: string, wanted: string): void {
    if (!isThere(folder)) return;
    if (wanted.startsWith('.')) this.above(join(folder, wanted, 'index.js'));
    if (!this.#manifest(folder)) return;
    const manifest = join(folder, 'package.json');
    const { main, exports, imports } = readManifest(manifest);
    for (const target of textsOf([main, exports, imports])) {
      if (target.startsWith('.') || target === main) {
        for (const part of partsOf([exports, imports], wanted))
          this.above(join(folder, target.replaceAll('*', part), 'index.js'));
      } else this.check(target, manifest);
    }
  }

  /** Whether the folder has a package.json. */
  #manifest(folder: string): boolean {
    const path = join(folder, 'package.json');
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined || status.isDirectory() || this.#folders.has(folder))
      return status?.isFile() ?? false;
    if (!status.isFile()) throw unreadable(path, 'it is no regular file');
    if (status.size > largestManifest) throw unreadable(path, 'it is larger than 1 MB');
    this.#folders.add(folder);
    return true;
  }
}

type Manifest = Partial<Record<'main' | 'exports' | 'imports', unknown>>;

/** What Node itself will complain of says nothing. */
function readManifest(path: string): Manifest {
  try {
    return (JSON.parse(readConfigFile(path).toString()) ?? {}) as Manifest;
  } catch {
    return {};
  }
}

/** All texts in a value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** What `*` may stand for in a target, where the pattern is a key of one of the maps; and nothing. */
function partsOf(maps: readonly unknown[], wanted: string): string[] {
  const keys = maps.flatMap((map) => (typeof map === 'object' && map !== null ? Object.keys(map) : []));
  const parts = keys.flatMap((key) => {
    const [before = '', after] = key.split('*');
    const fits = after !== undefined && wanted.startsWith(before) && wanted.endsWith(after);
    return fits ? [wanted.slice(before.length, wanted.length - after.length)] : [];
  });
  return ['', ...parts];
}

function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Where the nearest part of the path that is there really is. */
function realOr(path: string): string {
  for (const above of upwards(path)) {
    try {
      return join(realpathSync(above), path.slice(above.length));
    } catch {
      // The next one up.
    }
  }
  return path;
}

function unreadable(path: string, why: string): PrefishError {
  return new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be read: ${why}`, {
    hint: 'Node reads it to find what the configuration names. prefish --no-config runs without it.',
  });
}
