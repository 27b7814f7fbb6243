import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import { splitNul } from '../git/git.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from './shadow.ts';

/**
 * Takes the repositories inside the work tree (submodules, and others that the index knows) out of the
 * shadow's index. `git add` would run `git status` in each, and so whatever filter its configuration
 * names; one that it finds anew it records without looking inside. Those that are not checked out stay:
 * there is nothing to look into, and they would be lost.
 */
export async function forgetInnerRepositories(
  shadow: Shadow,
  root: string,
  signal?: AbortSignal,
): Promise<void> {
  const recorded = await readFile(innerRecord(shadow), 'latin1').catch(() => undefined);
  const known =
    recorded === undefined ? await readGitlinks(shadow, signal) : splitNul(Buffer.from(recorded, 'latin1'));
  // A kill from here on must not leave a list that is older than the index.
  await rm(innerRecord(shadow), { force: true });
  const present = await checkedOut(root, known);
  if (present.length === 0) return;
  await shadow.git(['update-index', '--force-remove', '-z', '--stdin'], { input: nulList(present), signal });
}

/** The repositories that the index holds now and whose files stay here, noted for {@link forgetInnerRepositories}. */
export async function recordInnerRepositories(
  shadow: Shadow,
  root: string,
  signal?: AbortSignal,
): Promise<RawPath[]> {
  const found = await readGitlinks(shadow, signal);
  await replaceFile(innerRecord(shadow), nulList(found));
  return checkedOut(root, found);
}

/** Where the repositories inside the work tree are noted. The note is void once the index is replaced. */
export function innerRecord(shadow: Pick<Shadow, 'folder'>): string {
  return join(shadow.folder, 'prefish-seed-inner');
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
