import type { FileChange } from '@prefish/protocol';
import { firstRecords } from './first-records.ts';
import { gitLine } from './git.ts';
import { objectSizes } from './object-sizes.ts';

/** Two commits of a mirror. */
export interface Between {
  readonly gitDir: string;
  readonly from: string;
  readonly to: string;
  readonly signal: AbortSignal;
}

/** A file that differs, by what it holds before and after. */
export interface Change {
  readonly path: string;
  readonly status: FileChange['status'];
  readonly objects: readonly string[];
}

/** How many files of a diff are listed. */
export const mostFiles = 10_000;
/** git takes both versions of a file into memory to compare them: one that is larger is not compared, in bytes. */
const largest = 64 * 2 ** 20;

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  T: 'type-changed',
};

const common = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv'];
const listed = ['-z', ...common];

/** The files that differ, those that come first, and whether there are more. */
export async function listChanges({ gitDir, from, to, signal }: Between): Promise<{
  readonly changes: readonly Change[];
  readonly more: boolean;
}> {
  const args = ['diff-tree', '--raw', '--no-abbrev', ...listed, from, to];
  // Two of each file (git-diff-tree(1), "Raw output format"): `:100644 100644 <object> <object> M`, and its name.
  const { records, more } = await firstRecords(args, { gitDir, signal }, 2 * mostFiles);
  const changes: Change[] = [];
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [, mode, before = '', after = '', letter = ''] = records[index]!.split(' ');
    const isSubmodule = records[index]!.startsWith(':160000') || mode === '160000';
    changes.push({
      path: records[index + 1]!,
      status: statuses[letter.charAt(0)] ?? 'modified',
      objects: isSubmodule ? [] : [before, after].filter((id) => !/^0+$/.test(id)),
    });
  }
  return { changes, more };
}

/** A file that git is not to compare, and how many sections of a patch come before it. */
export interface Large {
  readonly sections: number;
  readonly path: string;
}

/** The first of the changes that git is not to compare. */
export async function findLarge(
  { gitDir, signal }: Between,
  changes: readonly Change[],
): Promise<Large | undefined> {
  const owners = changes.flatMap(({ objects }, index) => objects.map(() => index));
  const all = changes.flatMap(({ objects }) => objects);
  let found = Infinity;
  await objectSizes(all, { gitDir, signal }, (bytes, index) => {
    if (bytes > largest) found = Math.min(found, owners[index]!);
  });
  if (found === Infinity) return undefined;
  // A file that became a link goes, and comes again.
  const sections = changes
    .slice(0, found)
    .reduce((sum, { status }) => sum + (status === 'type-changed' ? 2 : 1), 0);
  return { sections, path: changes[found]!.path };
}

/** How many lines each of the changes gained and lost: 0 for binary and for very large files. */
export async function countLines(
  { gitDir, from, to, signal }: Between,
  changes: readonly Change[],
): Promise<readonly FileChange[]> {
  const args = ['-c', `core.bigFileThreshold=${largest}`, 'diff-tree', '--numstat', ...listed, from, to];
  const { records } = await firstRecords(args, { gitDir, signal }, mostFiles);
  const lines = new Map<string, { insertions: number; deletions: number }>();
  for (const entry of records) {
    const [insertions = '', deletions = '', ...path] = entry.split('\t');
    lines.set(path.join('\t'), { insertions: Number(insertions) || 0, deletions: Number(deletions) || 0 });
  }
  return changes.map(({ path, status }) => ({
    path,
    ...(lines.get(path) ?? { insertions: 0, deletions: 0 }),
    status,
  }));
}

/** How many files differ between two commits, and how many lines they gained and lost. */
export async function countChanges(
  gitDir: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Record<'files' | 'insertions' | 'deletions', number>> {
  const args = ['-c', `core.bigFileThreshold=${largest}`, 'diff-tree', '--shortstat', ...common, from, to];
  const said = await gitLine(args, { gitDir, signal });
  const count = (what: RegExp): number => Number(what.exec(said)?.[1] ?? 0);
  return {
    files: count(/(\d+) files? changed/),
    insertions: count(/(\d+) insertions?/),
    deletions: count(/(\d+) deletions?/),
  };
}
