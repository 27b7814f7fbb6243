import { splitNul, type Git } from '../git/git.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { nulList } from '../snapshot/list-index.ts';
import { look } from './image.ts';
import { inParallel } from './in-parallel.ts';

/**
 * Tells git again not to look at paths outside of the sparse checkout that are not on the disk any more. It has
 * forgotten so where it was run while they were there (git-update-index(1), "Skip-worktree bit"), and would take them
 * for deleted. Nothing else of the index changes.
 *
 * @param root The top of the work tree
 * @throws PREFISH_GIT_FAILED, such as while another git writes the index
 */
export async function hideAgain(
  git: Git,
  root: string,
  paths: readonly RawPath[],
  signal: AbortSignal,
): Promise<void> {
  const found = await inParallel(paths, (path) => look(onDisk(root, path)));
  const absent = new Set(paths.filter((_, index) => found[index]!.kind === 'absent'));
  if (absent.size === 0) return;
  const { stdout } = await git(['ls-files', '-v', '-z'], { cwd: root, signal });
  const seen = splitNul(stdout).filter((line) => line.startsWith('H ') && absent.has(line.slice(2)));
  if (seen.length === 0) return;
  const input = nulList(seen.map((line) => line.slice(2)));
  await git(['update-index', '--skip-worktree', '-z', '--stdin'], { cwd: root, input, signal });
}
