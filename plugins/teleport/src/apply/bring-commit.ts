import { PrefishError } from '@prefish/protocol';
import type { GitRun } from '../git/git.ts';
import type { TaskTree } from './find-task-tree.ts';

/** Brings a commit from the shadow into the user's repository, with all that it needs and the repository lacks. */
export async function bringCommit(
  { git, tree, shadow }: TaskTree,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  const known = tree.commit === null ? '' : `^${tree.commit}\n`;
  const pack = await shadow.git(['pack-objects', '--revs', '--stdout', '--quiet', '--delta-base-offset'], {
    input: `${commit}\n${known}`,
    signal,
  });
  await git(['unpack-objects', '-q'], { ...inRepository(tree, signal), input: pack.stdout });
}

/**
 * How git runs in the user's repository, to which a result is to be brought as a commit.
 *
 * @throws PREFISH_USAGE where there is none, or one that no result fits into
 */
export function inRepository({ root, repository }: TaskTree['tree'], signal: AbortSignal): GitRun {
  if (repository === undefined) {
    throw new PrefishError('PREFISH_USAGE', `${root} is no git repository`);
  }
  if (!repository.borrowable) {
    throw new PrefishError(
      'PREFISH_USAGE',
      `The object ids of ${root} are those of sha256: a result cannot be a commit in it`,
      { hint: 'prefish tasks apply without --branch merges it into the files.' },
    );
  }
  return { cwd: root, env: { GIT_DIR: repository.gitDir }, signal };
}
