import { registerHooks } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileState } from './watch-files.ts';

/** Of all modules together: several may have files of one folder. */
let versions = 0;

/**
 * A module that can be loaded anew, with what it imports from its own folder: Node keeps what it has
 * loaded by URL, so each version has URLs of its own. Packages in `node_modules` are loaded once.
 */
export class VersionedModule {
  /** The file: an absolute, real path. */
  readonly path: string;
  /** Every file that was asked for so far, those that were missing too, as it was when this version asked for it. */
  readonly files: Map<string, string>;
  readonly #asked = new Set<string>();
  readonly #folder: string;
  #version = 0;
  readonly #hooks: { deregister(): void };

  constructor(path: string) {
    this.path = path;
    this.files = new Map([[path, fileState(path)]]);
    this.#folder = dirname(path) + sep;
    this.#hooks = registerHooks({
      resolve: (specifier, context, next) => {
        try {
          const found = next(specifier, context);
          const url = this.#versioned(found.url, context.parentURL);
          return url === found.url ? found : { ...found, url };
        } catch (error) {
          this.#remember(missingFile(specifier, context.parentURL), context.parentURL);
          throw error;
        }
      },
    });
  }

  /** From now on the module is another one. What an older version imports later stays with that version. */
  next(): void {
    this.#version = ++versions;
    this.#asked.clear();
    for (const file of this.files.keys()) this.files.set(file, fileState(file));
  }

  /** The URL of the version that counts. */
  get url(): string {
    return withVersion(pathToFileURL(this.path).href, this.#version);
  }

  close(): void {
    this.#hooks.deregister();
  }

  #versioned(url: string, parentURL: string | undefined): string {
    if (!this.#remember(url, parentURL) || versionOf(url) > 0) return url;
    const inside = parentURL !== undefined && this.#isOwn(parentURL);
    return withVersion(url, inside ? versionOf(parentURL) : this.#version);
  }

  /** Takes note of what is the module or was asked for by one of its files. False for all else. */
  #remember(url: string | undefined, parentURL: string | undefined): boolean {
    if (url === undefined || !this.#isOwn(url)) return false;
    const path = fileURLToPath(url);
    const isAsked =
      path === this.path ||
      (parentURL !== undefined && this.#isOwn(parentURL) && this.files.has(fileURLToPath(parentURL)));
    if (!isAsked) return false;
    if (!this.#asked.has(path)) this.files.set(path, fileState(path));
    this.#asked.add(path);
    return true;
  }

  #isOwn(url: string): boolean {
    if (!url.startsWith('file:')) return false;
    const path = fileURLToPath(url);
    return path.startsWith(this.#folder) && !path.includes(`${sep}node_modules${sep}`);
  }
}

function withVersion(url: string, version: number): string {
  return version === 0 ? url : `${url.split('?', 1)[0]!}?version=${version}`;
}

function versionOf(url: string): number {
  return Number(/\?version=(\d+)$/.exec(url)?.[1] ?? 0);
}

function missingFile(specifier: string, parentURL: string | undefined): string | undefined {
  if (!/^\.{1,2}\//.test(specifier) || !parentURL?.startsWith('file:')) return undefined;
  return pathToFileURL(join(dirname(fileURLToPath(parentURL)), specifier)).href;
}
