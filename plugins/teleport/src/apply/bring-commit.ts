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

/** How git runs in the user's repository. @throws PREFISH_USAGE outside git */
export function inRepository({ root, repository }: TaskTree['tree'], signal: AbortSignal): GitRun {
  if (repository === undefined) {
    throw new PrefishError('PREFISH_USAGE', `${root} is no git repository`);
  }
  return { cwd: root, env: { GIT_DIR: repository.gitDir }, signal };
}
