import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** Where a task finds what its server's prefish has kept: beside the bundle. */
const shownToTasks = join(import.meta.dirname, '..', 'compiled');

/** What the scripts that have run returned. */
const returned = new Map<string, unknown>();

/** Scripts that were compiled anew, and where what V8 has made of them is to be kept. */
const fresh: { readonly script: Script; readonly kept: string }[] = [];

/**
 * The scripts of the bundle: see `build/chunks-as-scripts.ts`. V8 begins with what an earlier process has
 * compiled of them. Unlike Node's compile cache, which keeps a module as it is before it runs, that
 * includes the functions that ran: a third of what `prefish -c '!true'` takes besides Node's own start.
 */
export const compiledScripts: {
  readonly folder: string | undefined;
  run(name: string): unknown;
  keep(): void;
} = {
  /** Where it is kept; nothing in a task, and where Node keeps nothing. */
  get folder() {
    const cache = getCompileCacheDir();
    return cache === undefined ? undefined : join(cache, 'start');
  },

  /**
   * Runs a script, once, and returns what it returns.
   *
   * @param name of a file beside this one, which changes with its content; it holds ASCII alone
   */
  run(name: string): unknown {
    if (!returned.has(name)) returned.set(name, load(name)(surroundings));
    return returned.get(name);
  },

  /**
   * Keeps what V8 has compiled by now, for the next process. It is on the disk before it has its name:
   * V8 would not notice that a part of it is missing.
   */
  keep(): void {
    for (const { script, kept } of fresh.splice(0)) {
      const unfinished = `${kept}.${process.pid}`;
      try {
        mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
        const file = openSync(unfinished, 'wx', 0o600);
        try {
          writeFileSync(file, script.createCachedData());
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(unfinished, kept);
      } catch {
        // The disk is full, or the folder is gone: the next process compiles again.
        rmSync(unfinished, { force: true });
      }
    }
  },
};

/** What a script has in place of the parts of a module: its imports, `import()` and `import.meta`. */
const surroundings = {
  run: compiledScripts.run,
  import: (specifier: string): Promise<unknown> => import(specifier),
  meta: import.meta,
};

function load(name: string): (given: typeof surroundings) => unknown {
  const url = new URL(name, import.meta.url);
  const { folder } = compiledScripts;
  const kept = folder === undefined ? undefined : join(folder, name);
  const cachedData = contentOf(kept ?? join(shownToTasks, name));
  const script = new Script(readFileSync(url, 'latin1'), {
    filename: url.href,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const isKept = cachedData !== undefined && !script.cachedDataRejected;
  if (kept !== undefined && !isKept) fresh.push({ script, kept });
  return script.runInThisContext() as ReturnType<typeof load>;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
