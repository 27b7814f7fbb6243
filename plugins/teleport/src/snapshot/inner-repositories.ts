import { lstat, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitNul } from '../git/git.ts';
import type { RawChange } from '../git/raw-diff.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from './shadow.ts';

/**
 * Takes the repositories inside the work tree (submodules, and others that the index knows) out of the
 * shadow's index. `git add` would run `git status` in each, and so whatever filter its configuration
 * names; one that it finds anew it records without looking inside. Those that are not checked out stay:
 * there is nothing to look into, and they would be lost.
 *
 * @returns Whether the index knew any
 */
export async function forgetInnerRepositories(
  shadow: Shadow,
  root: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const known = (await readRecord(shadow)) ?? (await readGitlinks(shadow, signal));
  const present = await checkedOut(root, known);
  if (present.length > 0) {
    await shadow.git(['update-index', '--force-remove', '-z', '--stdin'], {
      input: nulList(present),
      signal,
    });
  }
  return known.length > 0;
}

/** The repositories that the index holds now and whose files stay here, noted for {@link forgetInnerRepositories}. */
export async function recordInnerRepositories(
  shadow: Shadow,
  root: string,
  signal?: AbortSignal,
): Promise<{ readonly found: Promise<RawPath[]> }> {
  const found = await readGitlinks(shadow, signal);
  await writeRecord(shadow, found, await indexIdentity(shadow));
  return { found: checkedOut(root, found) };
}

/**
 * As {@link recordInnerRepositories}, for an index that held none before `git add`, which spoke of none:
 * there is one only where it has taken the place of a file. Resolves as soon as the index may change
 * again: with what resolves to them.
 */
export async function expectNoInnerRepositories(
  shadow: Shadow,
  root: string,
  changes: Promise<readonly RawChange[]>,
): Promise<{ readonly found: Promise<RawPath[]> }> {
  const identity = await indexIdentity(shadow);
  const find = async (): Promise<RawPath[]> => {
    const found = (await changes).filter(({ newMode }) => newMode === '160000').map(({ path }) => path);
    if (found.length > 0) return checkedOut(root, found);
    await writeRecord(shadow, [], identity);
    return [];
  };
  const found = find();
  found.catch(() => {});
  return { found };
}

/** Whether `git add` says that it has found a repository inside the work tree. */
export function saysInnerRepository(addErrors: string): boolean {
  return addErrors.includes('embedded git repository');
}

/** The note of an index that is no longer the same, or one that a crash cut short, is none. */
async function readRecord(shadow: Shadow): Promise<RawPath[] | undefined> {
  const [record, identity] = await Promise.all([
    readFile(recordFile(shadow)).catch(() => undefined),
    indexIdentity(shadow),
  ]);
  const entries = record === undefined ? [] : splitNul(record);
  return entries.at(-1) === identity ? entries.slice(0, -1) : undefined;
}

async function writeRecord(
  shadow: Shadow,
  paths: readonly RawPath[],
  identity: string | undefined,
): Promise<void> {
  if (identity !== undefined) await writeFile(recordFile(shadow), nulList([...paths, identity]));
}

async function indexIdentity({ folder }: Shadow): Promise<string | undefined> {
  const found = await stat(join(folder, 'index'), { bigint: true }).catch(() => undefined);
  return found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

function recordFile({ folder }: Shadow): string {
  return join(folder, 'prefish-seed-inner');
}

async function readGitlinks(shadow: Shadow, signal?: AbortSignal): Promise<RawPath[]> {
  const { stdout } = await shadow.git(['ls-files', '-s', '-z'], { signal });
  return splitNul(stdout)
    .filter((entry) => entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
}

async function checkedOut(root: string, paths: readonly RawPath[]): Promise<RawPath[]> {
  const found = await Promise.all(
    paths.map((path) =>
      lstat(onDisk(root, `${path}/.git`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index]);
}

function nulList(paths: readonly RawPath[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
}
