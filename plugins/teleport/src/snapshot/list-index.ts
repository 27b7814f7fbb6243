import { splitNul } from '../git/git.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { IndexEntry } from './revise-tree.ts';
import type { Shadow } from './shadow.ts';

/** An entry with its tag: `S` or a small letter for one that git was told not to look at (git-ls-files(1), `-v`). */
export interface TaggedEntry extends IndexEntry {
  readonly tag: string;
}

/** Reads a line of `git ls-files -s -z`. */
export function parseIndexEntry(line: string): IndexEntry {
  const end = line.indexOf('\t');
  const [mode = '', id = ''] = line.slice(0, end).split(' ');
  return { mode, id, path: line.slice(end + 1) };
}

/** Reads a line of `git ls-tree -z`. */
export function parseTreeEntry(line: string): IndexEntry {
  const end = line.indexOf('\t');
  const [mode = '', , id = ''] = line.slice(0, end).split(' ');
  return { mode, id, path: line.slice(end + 1) };
}

/** Everything in an index. */
export async function listIndex(
  shadow: Shadow,
  signal?: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<TaggedEntry[]> {
  const { stdout } = await shadow.git(['ls-files', '-v', '-s', '-z'], { env, signal });
  return splitNul(stdout).map((line) => ({ tag: line.slice(0, 1), ...parseIndexEntry(line.slice(2)) }));
}

/** Paths as git reads them from its standard input. */
export function nulList(paths: readonly RawPath[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
}
