import type { FileChange } from '@prefish/protocol';
import { firstRecords } from './first-records.ts';
import { gitLine } from './git.ts';
import { objectSizes } from './object-sizes.ts';

/** Two commits of a mirror. */
export interface Between {
  readonly gitDir: string;
  readonly from: string;
  readonly to: string;
  readonly signal: AbortSignal | undefined;
}

/** A file that differs. */
export interface Change extends Pick<FileChange, 'path' | 'from' | 'status' | 'link'> {
  /** What it holds before and after, where that is to be compared. */
  readonly objects: readonly string[];
}

/** What differs between two commits, and how git is told to look at it. */
export interface Comparison {
  /** Those that come first. */
  readonly changes: readonly Change[];
  /** Whether there are more. */
  readonly more: boolean;
  /** The first that git is not to compare. */
  readonly large?: Large;
  /** The options of git by which it finds the same files renamed. */
  readonly renames: readonly string[];
}

/** How many files of a diff are listed. */
export const mostFiles = 10_000;
/** git takes both versions of a file into memory to compare them: one that is larger is not compared, in bytes. */
const largest = 64 * 2 ** 20;
const notLarge = ['-c', `core.bigFileThreshold=${largest}`];

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type-changed',
};

/** Renames of files that have the same content: these git tells by their ids. */
const sameContent = ['-M100%'];
/** Renames of files that share half of their content; of more than so many, both ways, it compares those of one name. */
const muchTheSame = ['-M', '-l500'];

const common = ['-r', '--no-ext-diff', '--no-textconv'];
const listed = ['-z', ...common];

/** So much git compares with each other to find what was renamed, in bytes: some 300 MB a second. */
const mostCompared = 256 * 2 ** 20;

/** Compares two commits: what was renamed counts as one change, with what was edited in it. */
export async function compare(between: Between): Promise<Comparison> {
  const { changes, more } = await listChanges(between, sameContent);
  const { large, moved } = await measure(between, changes);
  if (large !== undefined) return { changes, more, large, renames: sameContent };
  const has = (wanted: Change['status']): boolean => changes.some(({ status }) => status === wanted);
  // git takes both files into memory for this, whatever their size.
  if (more || moved > mostCompared || !has('added') || !has('deleted'))
    return { changes, more, renames: sameContent };
  return { ...(await listChanges(between, muchTheSame)), renames: muchTheSame };
}

async function listChanges(
  { gitDir, from, to, signal }: Between,
  renames: readonly string[],
): Promise<Pick<Comparison, 'changes' | 'more'>> {
  const args = ['diff-tree', '--raw', '--no-abbrev', ...listed, ...renames, from, to];
  const { records, more } = await firstRecords(args, { gitDir, signal }, 3 * mostFiles);
  const changes: Change[] = [];
  // Of each file (git-diff-tree(1), "Raw output format"): `:100644 100644 <object> <object> M`, and its name; of
  // one that was renamed `… R87` and two names.
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [, mode, before = '', after = '', letter = ''] = records[index]!.split(' ');
    const isSubmodule = records[index]!.startsWith(':160000') || mode === '160000';
    const status = statuses[letter.charAt(0)] ?? 'modified';
    const from = status === 'renamed' ? records[(index += 1)] : undefined;
    if (index + 1 >= records.length) break;
    changes.push({
      path: records[index + 1]!,
      ...(from !== undefined && { from }),
      status,
      ...(mode === '120000' && { link: true }),
      objects: isSubmodule || before === after ? [] : [before, after].filter((id) => !/^0+$/.test(id)),
    });
  }
  return { changes: changes.slice(0, mostFiles), more: more || changes.length > mostFiles };
}

/** A file that git is not to compare, and how many sections of a patch come before it. */
export interface Large {
  readonly sections: number;
  readonly path: string;
}

/** The first of the changes that git is not to compare, and how large what came and what went is, in bytes. */
async function measure(
  { gitDir, signal }: Between,
  changes: readonly Change[],
): Promise<{ readonly large?: Large; readonly moved: number }> {
  const owners = changes.flatMap(({ objects }, index) => objects.map(() => index));
  const all = changes.flatMap(({ objects }) => objects);
  let found = Infinity;
  let moved = 0;
  await objectSizes(all, { gitDir, signal }, (bytes, index) => {
    const owner = owners[index]!;
    if (bytes > largest) found = Math.min(found, owner);
    const { status } = changes[owner]!;
    if (status === 'added' || status === 'deleted') moved += bytes;
  });
  if (found === Infinity) return { moved };
  // A file that became a link goes, and comes again.
  const sections = changes
    .slice(0, found)
    .reduce((sum, { status }) => sum + (status === 'type-changed' ? 2 : 1), 0);
  return { large: { sections, path: changes[found]!.path }, moved };
}

/** How many lines each of the changes gained and lost: 0 for binary and for very large files. */
export async function countLines(
  { gitDir, from, to, signal }: Between,
  { changes, renames }: Comparison,
): Promise<readonly FileChange[]> {
  const args = [...notLarge, 'diff-tree', '--numstat', ...listed, ...renames, from, to];
  const { records } = await firstRecords(args, { gitDir, signal }, 3 * mostFiles);
  const lines = new Map<string, { insertions: number; deletions: number }>();
  // Of one that was renamed there is no name here, but the old and the new one behind.
  for (let index = 0; index < records.length; index += 1) {
    const [insertions = '', deletions = '', ...words] = records[index]!.split('\t');
    const path = words.join('\t') || records[(index += 2)];
    if (path !== undefined)
      lines.set(path, { insertions: Number(insertions) || 0, deletions: Number(deletions) || 0 });
  }
  return changes.map(({ path, from: source, status, link }) => ({
    path,
    ...(source !== undefined && { from: source }),
    ...(lines.get(path) ?? { insertions: 0, deletions: 0 }),
    status,
    ...(link && { link }),
  }));
}

/** How many files differ between two commits, and how many lines they gained and lost. */
export async function countChanges(
  gitDir: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Record<'files' | 'insertions' | 'deletions', number>> {
  const { renames } = await compare({ gitDir, from, to, signal });
  const args = [...notLarge, 'diff-tree', '--shortstat', ...common, ...renames, from, to];
  const said = await gitLine(args, { gitDir, signal });
  const count = (what: RegExp): number => Number(what.exec(said)?.[1] ?? 0);
  return {
    files: count(/(\d+) files? changed/),
    insertions: count(/(\d+) insertions?/),
    deletions: count(/(\d+) deletions?/),
  };
}
