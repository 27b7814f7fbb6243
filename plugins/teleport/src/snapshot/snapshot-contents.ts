import { splitNul } from '../git/git.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { CapturedTree } from './capture-tree.ts';
import { parseTreeEntry } from './list-index.ts';
import { removal, writeRevisedTree, type IndexEntry } from './revise-tree.ts';
import type { Shadow } from './shadow.ts';

/** Where the tree of a snapshot is not what the user would commit. */
export interface SnapshotContents {
  /** The repositories inside it, whose files it has. */
  readonly inner: readonly RawPath[];
  /** What the filters had made of files whose content it has. */
  readonly filtered: readonly IndexEntry[];
  /** What is committed, and stayed away from it. */
  readonly away: readonly RawPath[];
}

const none: SnapshotContents = { inner: [], filtered: [], away: [] };

const title = 'prefish snapshot';

/** The message of a snapshot's commit: for {@link readContents}. */
export function describeContents({ inner, filtered, left, missing }: CapturedTree): string {
  const contents: SnapshotContents = {
    inner: inner.map(({ path }) => path),
    filtered: filtered
      .flatMap((file) => file.filtered ?? [])
      .map(({ mode, id, path }) => ({ mode, id, path })),
    away: [...left.tracked, ...missing],
  };
  const isUsual = Object.values(contents).every(({ length }) => length === 0);
  return isUsual ? title : `${title}\n\n${JSON.stringify(contents)}`;
}

/** What a snapshot's commit says of its tree. */
export async function readContents(
  shadow: Shadow,
  commit: string,
  signal?: AbortSignal,
): Promise<SnapshotContents> {
  const { stdout } = await shadow.git(['show', '-s', '--format=%B', commit], { signal });
  const [, json] = /^prefish snapshot\n\n(\{.*\})\s*$/s.exec(stdout.toString('utf8')) ?? [];
  return json === undefined ? none : { ...none, ...(JSON.parse(json) as Partial<SnapshotContents>) };
}

/** A snapshot, or a result of it, as what the user would commit. */
export interface Committable {
  readonly tree: string;
  /** The repositories inside it in which the result has changes, which are therefore not in it. */
  readonly leftOut: readonly RawPath[];
}

/**
 * Makes a tree for the user's history of one that was sent or came back: submodules as the commits that they were,
 * no other repository's files, what stayed away from the snapshot as it is committed, and what the filters had made of
 * files that the task left alone.
 *
 * @param from The snapshot's commit, or that of its result
 * @param base The commit that the user was at
 */
export async function makeCommittable(
  shadow: Shadow,
  from: string,
  sent: string,
  base: string | null,
  signal?: AbortSignal,
): Promise<Committable> {
  const { inner, filtered, away } = await readContents(shadow, sent, signal);
  if (inner.length + filtered.length + away.length === 0) return { tree: `${from}^{tree}`, leftOut: [] };
  const list = async (tree: string, ...args: readonly string[]): Promise<IndexEntry[]> => {
    const { stdout } = await shadow.git(['ls-tree', '-z', ...args, tree], { signal });
    return splitNul(stdout).map(parseTreeEntry);
  };
  const [before, after, committed] = await Promise.all([
    list(sent, '-r'),
    list(from, '-r'),
    base === null ? [] : list(base, '-r'),
  ]);
  const idBefore = new Map(before.map(({ path, id }) => [path, id]));
  const idAfter = new Map(after.map(({ path, id }) => [path, id]));
  const stayed = new Set(away);
  const isInner = (path: RawPath): boolean => inner.some((folder) => path.startsWith(`${folder}/`));
  const changed = [...new Set([...idBefore.keys(), ...idAfter.keys()])].filter(
    (path) => isInner(path) && idBefore.get(path) !== idAfter.get(path),
  );
  const entries = [
    ...after.filter(({ path }) => isInner(path)).map(({ path }) => removal(path)),
    ...committed.filter(({ mode, path }) => mode === '160000' && inner.includes(path)),
    ...committed.filter(({ path }) => stayed.has(path) && !idAfter.has(path)),
    ...filtered.filter(({ path }) => idAfter.has(path) && idBefore.get(path) === idAfter.get(path)),
  ];
  return {
    tree: await writeRevisedTree(shadow, entries, signal, from),
    leftOut: inner.filter((folder) => changed.some((path) => path.startsWith(`${folder}/`))),
  };
}
