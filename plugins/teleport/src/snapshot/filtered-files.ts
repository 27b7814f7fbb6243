import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { splitNul } from '../git/git.ts';
import { parseRawDiff } from '../git/raw-diff.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { isContentOf, parseLfsPointer } from './lfs-pointer.ts';
import { listIndex, nulList, parseIndexEntry } from './list-index.ts';
import type { CaptureOptions } from './capture-tree.ts';
import type { IndexEntry } from './revise-tree.ts';
import type { Candidate } from './scan-work-tree.ts';
import type { Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/** A file for which there is a filter, as it is in the work tree and as the filter made it. */
export interface FilteredFile {
  readonly content: IndexEntry;
  /** What is committed or staged of it, where it was not changed since. */
  readonly filtered?: IndexEntry;
}

const filteredOnly = ['--', ':(top)', ':(top,exclude,attr:!filter)'];

/**
 * The files for which the repository has a filter (Git LFS, git-crypt …), as they are in the work tree: what is
 * committed of them is what the filter made, and a task has no filter to make it whole again. An index of their own
 * remembers which need not be read again.
 *
 * @param rules The `.gitattributes` of the tree, among others
 */
export async function readFilteredFiles(
  shadow: Shadow,
  tree: WorkTree,
  rules: readonly RawPath[],
  { signal, admit }: Pick<CaptureOptions, 'signal' | 'admit'>,
): Promise<FilteredFile[]> {
  if (!(await hasFilters(shadow, tree, rules))) return [];
  const listed = await shadow.git(['ls-files', '-s', '-z', ...filteredOnly], { signal });
  const known = splitNul(listed.stdout).map(parseIndexEntry);
  if (known.length === 0) return [];
  const env = { GIT_INDEX_FILE: join(shadow.folder, 'prefish-filtered-index') };
  await admit?.(await unreadYet(shadow, tree.root, known, env, signal));
  const [touched] = await Promise.all([
    readTouched(shadow, tree, signal),
    shadow.git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
      env,
      input: nulList(known.map(({ path }) => path)),
      signal,
    }),
  ]);
  const contents = new Map((await listIndex(shadow, signal, env)).map((entry) => [entry.path, entry]));
  return known.flatMap((entry) => {
    const content = contents.get(entry.path);
    if (content === undefined) return [];
    const filtered = content.id === entry.id ? touched.get(entry.path) : entry;
    return [{ content, ...(filtered === undefined ? {} : { filtered }) }];
  });
}

/** Those whose content was never read: the index of the others is made by this alone. */
async function unreadYet(
  shadow: Shadow,
  root: string,
  known: readonly IndexEntry[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const read = new Set((await listIndex(shadow, signal, env)).map(({ path }) => path));
  const unread = known.filter(({ path }) => !read.has(path));
  const found = await Promise.all(unread.map(({ path }) => lstat(onDisk(root, path)).catch(() => undefined)));
  return unread.flatMap(({ path }, index) => {
    const file = found[index];
    return file?.isFile() === true ? [{ path, size: file.size }] : [];
  });
}

/**
 * What is committed of files that git had to read again, because they were written a moment ago or merely touched:
 * without the filter git takes all of them for changed.
 */
async function readTouched(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
): Promise<Map<RawPath, IndexEntry>> {
  const untouched = new Map<RawPath, IndexEntry>();
  if (tree.commit === null) return untouched;
  const diff = ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--diff-filter=M', tree.commit];
  const changes = parseRawDiff((await shadow.git([...diff, ...filteredOnly], { signal })).stdout);
  for (const { path, oldMode, newMode, oldId } of changes) {
    const blob = (await shadow.git(['cat-file', 'blob', oldId], { signal })).stdout;
    const pointer = parseLfsPointer(blob);
    const place = onDisk(tree.root, path);
    const found = await lstat(place).catch(() => undefined);
    if (pointer === undefined || found?.isFile() !== true || oldMode !== newMode) continue;
    if (await isContentOf(pointer, place, found, signal))
      untouched.set(path, { mode: oldMode, id: oldId, path });
  }
  return untouched;
}

async function hasFilters(
  shadow: Shadow,
  { root, config }: WorkTree,
  rules: readonly RawPath[],
): Promise<boolean> {
  const own = config.get('core.attributesfile');
  // Git knows whose home that is.
  if (own?.startsWith('~') === true) return true;
  const files = [
    ...rules.filter((path) => path.endsWith('.gitattributes')).map((path) => onDisk(root, path)),
    join(shadow.folder, 'info/attributes'),
    ...(own !== undefined && isAbsolute(own) ? [own] : []),
  ];
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return contents.some((content) => content.includes('filter='));
}
