import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { splitNul } from '../git/git.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { listIndex, nulList, parseIndexEntry } from './list-index.ts';
import type { IndexEntry } from './revise-tree.ts';
import type { Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/** A file for which there is a filter, as it is in the work tree and as the filter made it. */
export interface FilteredFile {
  readonly content: IndexEntry;
  /** What the user's index has of it. */
  readonly filtered: IndexEntry;
}

/**
 * The files for which the repository has a filter (Git LFS, git-crypt …), where what the filter made of them is not
 * what is in the work tree: a task has no filter to make it whole again. An index of their own remembers which need
 * not be read again.
 *
 * @param rules The `.gitattributes` of the tree, among others
 */
export async function readFilteredFiles(
  shadow: Shadow,
  tree: WorkTree,
  rules: readonly RawPath[],
  signal?: AbortSignal,
): Promise<FilteredFile[]> {
  if (!(await hasFilters(shadow, tree, rules))) return [];
  const listed = await shadow.git(['ls-files', '-s', '-z', '--', ':(top)', ':(top,exclude,attr:!filter)'], {
    signal,
  });
  const filtered = new Map(
    splitNul(listed.stdout)
      .map(parseIndexEntry)
      .map((entry) => [entry.path, entry]),
  );
  if (filtered.size === 0) return [];
  const env = { GIT_INDEX_FILE: join(shadow.folder, 'prefish-filtered-index') };
  await shadow.git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
    env,
    input: nulList([...filtered.keys()]),
    signal,
  });
  const contents = await listIndex(shadow, signal, env);
  return contents.flatMap((content) => {
    const made = filtered.get(content.path);
    return made === undefined || made.id === content.id ? [] : [{ content, filtered: made }];
  });
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
