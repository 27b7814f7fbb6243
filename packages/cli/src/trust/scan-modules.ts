import { statSync } from 'node:fs';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { hashOf } from './content-hash.ts';
import { importsOf, isScript } from './imports-of.ts';
import { readBounded } from './read-bounded.ts';
import { ReadableManifests } from './readable-manifests.ts';
import { resolveImport } from './resolve-import.ts';
import { isInside, isInstalled, keyOf, realPath } from './trusted-path.ts';
import type { InspectedFile } from './trust.ts';

/** The most files that one configuration may load. */
const mostFiles = 2_000;
/** The most that it may load altogether, in bytes. */
const mostBytes = 50 * 1024 * 1024;

/** What was found by reading. */
export interface Scan {
  /** In the order in which they were found: what was asked for first. */
  readonly files: readonly InspectedFile[];
  /** Those of them that lie outside of the root. */
  readonly outside: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * Finds what `files` can load, without running anything: static and literal dynamic imports, re-exports,
 * `require` of a literal, and, as a script may name its plugins so, files that its strings name. Files of
 * installed packages are left out, unless they are among `files`. What cannot be parsed is found, but not what it imports.
 *
 * @throws PREFISH_CONFIG_UNREADABLE for a file, or a package.json on the way to one, that is
 * missing, no regular file or too large, or for too many
 */
export async function scanModules(
  files: readonly string[],
  root: string,
  read: (path: string) => Promise<Uint8Array> = readBounded,
): Promise<Scan> {
  const found = new Set(files);
  const inspected: InspectedFile[] = [];
  const remarks: string[] = [];
  const manifests = new ReadableManifests();
  let bytes = 0;
  for (const path of found) {
    if (inspected.length === mostFiles) {
      throw tooMuch(root, `more than ${mostFiles.toLocaleString('en')} files`);
    }
    const content = await read(path);
    bytes += content.length;
    if (bytes > mostBytes) throw tooMuch(root, `more than ${mostBytes >> 20} MB`);
    inspected.push({ path, hash: hashOf(content) });
    if (!isScript(path)) continue;
    manifests.above(path);
    try {
      const source = Buffer.from(content).toString();
      for (const imported of reachedFrom(path, source, root, manifests)) found.add(imported);
    } catch (error) {
      if (isPrefishError(error)) throw error;
      remarks.push(
        `${keyOf(path, root)} cannot be parsed (${errorMessage(error)}): what it imports is not known`,
      );
    }
  }
  return { files: inspected, outside: [...found].filter((path) => !isInside(path, root)), remarks };
}

function* reachedFrom(
  path: string,
  source: string,
  root: string,
  manifests: ReadableManifests,
): Generator<string> {
  for (const imported of importsOf(source, path)) {
    // The running prefish provides these, whatever is installed.
    if (imported.specifier.startsWith('@prefish/')) continue;
    if (imported.kind !== 'text') manifests.check(imported.specifier, path);
    const target = resolveImport(imported, path);
    // Only what is imported may make prefish look outside: a string means nothing as yet.
    if (target === undefined || (imported.kind === 'text' && !isInside(target, root))) continue;
    if (!isFile(target, imported.kind === 'text')) continue;
    const real = realPath(target);
    if (!isInstalled(real, root)) yield real;
  }
}

/** Strings name many things: only scripts count. An import may also lead to a pipe, which is then refused. */
function isFile(path: string, onlyScripts: boolean): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return false;
  return !onlyScripts || (stats.isFile() && isScript(path));
}

function tooMuch(root: string, what: string): PrefishError {
  return new PrefishError(
    'PREFISH_CONFIG_UNREADABLE',
    `The configuration of ${root} loads ${what} outside of node_modules`,
    { hint: 'Install what it needs as packages, or run prefish --no-config.' },
  );
}
