import { copyFile, cp, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrefishError, type TaskDiff } from '@prefish/protocol';
import { diffCommits } from '../repositories/diff.ts';
import { git, gitLine, type GitOptions } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { enclosedLook } from '../sandbox/enclosed-look.ts';
import type { StoredTask } from '../store/store.ts';
import { canGoAlong, normalizePath } from './carry.ts';
import { hasPlainParents } from './plain-parents.ts';
import { gitIn } from './tree/task-tree.ts';
import type { TaskTrees } from './tree/task-trees.ts';
import { workFolderPath } from './work-folder.ts';

/** How long it may take, in milliseconds: a task may put a pipe where a file was just seen. */
const deadline = 10_000;
/** More files than these are looked at when the task has ended. */
const mostFiles = 5000;

/** Where the changes of a running task are looked for. */
export interface LiveDiffOptions {
  readonly repositories: Repositories;
  /** The server's folder. */
  readonly folder: string;
  readonly trees: TaskTrees;
}

/**
 * What a running task has changed so far. The task goes on meanwhile, so that only plain files and links
 * are read, by a git directory of this look alone: neither the mirror nor the work tree is touched. What
 * the task has made of repositories in its tree, and what was carried along, is left out. On a server that others
 * use too, git sees nothing else while it looks: what is a folder now is a link a moment later.
 *
 * @throws PREFISH_LIMIT with too many files; PREFISH_GIT_FAILED, PREFISH_SANDBOX_MISSING
 */
export async function liveDiff(
  { repositories, folder, trees }: LiveDiffOptions,
  { owner, task, request }: StoredTask,
  caller: AbortSignal,
): Promise<TaskDiff> {
  const work = workFolderPath(folder, task.id, task.attempt);
  const found = trees.find(work);
  const tree = found.path;
  const signal = AbortSignal.any([caller, AbortSignal.timeout(deadline)]);
  const { remote } = await repositories.of(owner).locate(request.repo, signal);
  const own = await mkdtemp(join(tmpdir(), 'prefish-look-'));
  try {
    const index = join(own, 'index');
    const begun = await copyFile(join(work, 'index'), index).then(
      () => true,
      () => false,
    );
    if (!begun) return { files: [], patch: '' };
    const gitDir = await borrowingRepository(own, remote);
    const open: GitOptions = { ...gitIn(found), gitDir, env: { GIT_INDEX_FILE: index }, signal };
    const enclosed =
      request.elsewhere === true ? enclosedLook({ read: [found.place, remote], own, hidden: folder }) : [];
    const looking: GitOptions = { ...open, enter: [...found.enter, ...enclosed] };
    const carried = (request.options.carry ?? []).map(normalizePath).filter(canGoAlong);
    const paths = await touchedPaths(looking, tree, carried);
    await git(['update-index', '--add', '--remove', '-z', '--stdin'], {
      ...looking,
      input: paths.map((path) => `${path}\0`).join(''),
    });
    return await diffCommits(gitDir, request.snapshot, await gitLine(['write-tree'], open), signal);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** A git directory that has everything of another one, and keeps to itself what is added. */
async function borrowingRepository(folder: string, mirror: string): Promise<string> {
  const gitDir = join(folder, 'git');
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
  await mkdir(join(gitDir, 'refs'));
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(mirror, 'objects')}\n`);
  await copyFile(join(mirror, 'config'), join(gitDir, 'config'));
  await cp(join(mirror, 'info'), join(gitDir, 'info'), { recursive: true }).catch(() => {});
  return gitDir;
}

/** What differs from what was sent: files that are no longer there among them. */
async function touchedPaths(
  looking: GitOptions,
  tree: string,
  carried: readonly string[],
): Promise<string[]> {
  const [changed, added] = await Promise.all([
    git(['diff-files', '--name-only', '-z', '--ignore-submodules=all'], looking),
    git(['ls-files', '--others', '--exclude-standard', '-z'], looking),
  ]);
  const names = [changed, added].flatMap(({ stdout }) => stdout.toString('utf8').split('\0').slice(0, -1));
  const wanted = names.filter(
    (name) => !carried.some((path) => name === path || name.startsWith(`${path}/`)),
  );
  if (wanted.length > mostFiles) {
    throw new PrefishError('PREFISH_LIMIT', `The task has changed ${wanted.length} files so far.`, {
      hint: 'They are shown when it has ended.',
    });
  }
  const plain: string[] = [];
  for (const name of wanted) if (await isPlain(name, tree)) plain.push(name);
  return plain;
}

async function isPlain(name: string, tree: string): Promise<boolean> {
  if (!(await hasPlainParents(name, tree))) return false;
  const found = await lstat(join(tree, name)).catch(() => undefined);
  return found === undefined || found.isFile() || found.isSymbolicLink();
}
