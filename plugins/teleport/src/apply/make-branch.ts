import type { Outcome } from '@prefish/core';
import { PrefishError, type Task } from '@prefish/protocol';
import type { RawPath } from '../git/raw-path.ts';
import { commitTree } from '../snapshot/commit-tree.ts';
import { makeCommittable } from '../snapshot/snapshot-contents.ts';
import { authorOf, messageOf } from './author-of.ts';
import { bringCommit, inRepository } from './bring-commit.ts';
import { without } from './left-out.ts';
import type { TaskTree } from './find-task-tree.ts';

/**
 * Makes a branch of a result in the user's repository, the work tree untouched: the commit that the
 * task started from, what was not committed then (where there was something), and the result.
 *
 * @throws PREFISH_USAGE outside git, for a bad name or one that is taken
 */
export async function makeBranch(
  found: TaskTree,
  task: Task,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { git, tree, shadow, sent, result } = found;
  const ref = `refs/heads/${name}`;
  const user = inRepository(tree, signal);
  const [valid, taken] = await Promise.all([
    git(['check-ref-format', '--branch', name], { ...user, codes: [0, 1, 128] }),
    git(['rev-parse', '--verify', '--quiet', ref], { ...user, codes: [0, 1, 128] }),
  ]);
  if (valid.code !== 0)
    throw new PrefishError('PREFISH_USAGE', `--branch: “${name}” is no name for a branch`);
  if (taken.code === 0) throw new PrefishError('PREFISH_USAGE', `--branch: ${name} is there already`);

  const { tip, leftOut } = await commitResult(found, task.base?.commit ?? null, signal);
  await bringCommit(found, tip, signal);
  await git(['update-ref', '-m', `prefish: result of ${task.id}`, ref, tip, ''], user);
  const { stdout } = await shadow.git(['diff-tree', '-r', '--name-only', sent, result], { signal });
  const files = stdout
    .toString('utf8')
    .split('\n')
    .filter((path) => path !== '');
  return {
    type: 'ok',
    message: `The result is the branch ${name}${without(leftOut)}`,
    data: { applied: false, branch: name, commit: tip, files },
  };
}

/** The result, with its message, on top of what was sent, on top of the commit that HEAD named then. */
async function commitResult(
  { tree, shadow, sent, result }: TaskTree,
  base: string | null,
  signal: AbortSignal,
): Promise<{ readonly tip: string; readonly leftOut: readonly RawPath[] }> {
  const [before, after] = await Promise.all([
    makeCommittable(shadow, sent, sent, base, signal),
    makeCommittable(shadow, result, sent, base, signal),
  ]);
  const author = authorOf(tree.config);
  const clean = base !== null && (await sameTree(`${base}^{tree}`, before.tree));
  const start = clean
    ? base
    : await commitTree(shadow, before.tree, base, signal, author, 'Work in progress when the task was sent');
  const message = await messageOf(shadow, result, signal);
  return {
    tip: await commitTree(shadow, after.tree, start, signal, author, message),
    leftOut: after.leftOut,
  };

  async function sameTree(a: string, b: string): Promise<boolean> {
    const trees = await shadow.git(['rev-parse', a, b], { signal });
    const [first, second] = trees.stdout.toString('latin1').split('\n');
    return first === second;
  }
}
