import { splitNul } from '../git/git.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';

/** What was renamed from one tree to another, and maybe edited, as a diff of the task shows it: what each new name was before. */
export async function findRenames(
  shadow: Shadow,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<RawPath, RawPath>> {
  const args = ['diff-tree', '-r', '-z', '-M', '-l500', '--diff-filter=R', '--name-status', from, to];
  // Of each three (git-diff(1), `--name-status`): `R87`, the old name, the new one.
  const words = splitNul((await shadow.git(args, { signal })).stdout);
  return new Map(
    Array.from({ length: Math.floor(words.length / 3) }, (_, index): [RawPath, RawPath] => [
      words[index * 3 + 2]!,
      words[index * 3 + 1]!,
    ]),
  );
}
