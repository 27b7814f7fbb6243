import type { Outcome } from '@prefish/core';
import { PrefishError, type Task } from '@prefish/protocol';
import type { GitRun } from '../git/git.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import { commitTree } from '../snapshot/commit-tree.ts';
import { makeCommittable } from '../snapshot/snapshot-contents.ts';
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
  if (tree.repository === undefined) {
    throw new PrefishError('PREFISH_USAGE', '--branch: this folder is no git repository');
  }
  const ref = `refs/heads/${name}`;
  const user: GitRun = { cwd: tree.root, env: { GIT_DIR: tree.repository.gitDir }, signal };
  const [valid, taken] = await Promise.all([
    git(['check-ref-format', '--branch', name], { ...user, codes: [0, 1, 128] }),
    git(['rev-parse', '--verify', '--quiet', ref], { ...user, codes: [0, 1, 128] }),
  ]);
  if (valid.code !== 0)
    throw new PrefishError('PREFISH_USAGE', `--branch: “${name}” is no name for a branch`);
  if (taken.code === 0) throw new PrefishError('PREFISH_USAGE', `--branch: ${name} is there already`);

  const { tip, leftOut } = await commitResult(found, task.base?.commit ?? null, signal);
  const known = tree.commit === null ? '' : `^${tree.commit}\n`;
  const pack = await shadow.git(['pack-objects', '--revs', '--stdout', '--quiet', '--delta-base-offset'], {
    input: `${tip}\n${known}`,
    signal,
  });
  await git(['unpack-objects', '-q'], { ...user, input: pack.stdout });
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
  const { stdout } = await shadow.git(['show', '-s', '--format=%B', result], { signal });
  const message = stdout.toString('utf8').trimEnd();
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

/** `, without what changed in vendor/lib` */
function without(leftOut: readonly RawPath[]): string {
  return leftOut.length === 0 ? '' : `, without what changed in ${leftOut.map(displayPath).join(', ')}`;
}

function authorOf(config: ReadonlyMap<string, string>): Record<string, string> {
  const name = config.get('user.name');
  const email = config.get('user.email');
  if (name === undefined || email === undefined) return {};
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
