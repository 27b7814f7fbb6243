import { copyFile, cp, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrefishError, formatBytes, type TaskDiff } from '@prefish/protocol';
import { diffCommits } from '../repositories/diff.ts';
import { byRecords } from '../repositories/by-records.ts';
import { git, gitLine, type GitOptions } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { enclosedLook } from '../sandbox/enclosed-look.ts';
import type { StoredTask } from '../store/store.ts';
import { canGoAlong, normalizePath } from './carry.ts';
import { hasPlainParents } from './plain-parents.ts';
import { SharedWork } from './shared-work.ts';
import { gitIn } from './tree/task-tree.ts';
import type { TaskTrees } from './tree/task-trees.ts';
import { workFolderPath } from './work-folder.ts';

/** How long it may take, in milliseconds: a task may put a pipe where a file was just seen. */
const deadline = 10_000;
/** More files than these, or more bytes in them, are looked at when the task has ended. */
const [mostFiles, mostBytes] = [5000, 256 * 2 ** 20];

/** Where the changes of a running task are looked for. */
export interface LiveDiffOptions {
  readonly repositories: Repositories;
  /** The server's folder. */
  readonly folder: string;
  readonly trees: TaskTrees;
  /** What else is the server's, and not to be shown: as for tasks. */
  readonly hidden?: () => readonly string[];
}

/** Looks at what running tasks have changed: at each once for all who ask meanwhile. */
export class LiveDiffs {
  readonly #options: LiveDiffOptions;
  readonly #looks = new SharedWork<TaskDiff>();

  constructor(options: LiveDiffOptions) {
    this.#options = options;
  }

  /** {@link liveDiff} */
  of(stored: StoredTask, signal: AbortSignal): Promise<TaskDiff> {
    return this.#looks.do(stored.task.id, (looking) => liveDiff(this.#options, stored, looking), signal);
  }
}

/**
 * What a running task has changed so far. The task goes on meanwhile, so that only plain files and links
 * are read, by a git directory of this look alone: neither the mirror nor the work tree is touched. What
 * the task has made of repositories in its tree, and what was carried along, is left out. On a server that others
 * use too, git sees nothing else while it looks: what is a folder now is a link a moment later.
 *
 * @throws PREFISH_LIMIT where there is too much to look at, or it takes too long; PREFISH_GIT_FAILED, PREFISH_SANDBOX_MISSING
 */
export async function liveDiff(
  { repositories, folder, trees, hidden = () => [] }: LiveDiffOptions,
  { owner, task, request }: StoredTask,
  caller: AbortSignal,
): Promise<TaskDiff> {
  const work = workFolderPath(folder, task.id, task.attempt);
  const found = trees.find(work);
  const tree = found.path;
  const limit = AbortSignal.timeout(deadline);
  const signal = AbortSignal.any([caller, limit]);
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
      request.elsewhere === true
        ? enclosedLook({ read: [found.place, remote], own, hidden: [folder, ...hidden()] })
        : [];
    const looking: GitOptions = { ...open, enter: [...found.enter, ...enclosed] };
    const carried = (request.options.carry ?? []).map(normalizePath).filter(canGoAlong);
    const paths = await touchedPaths(looking, tree, carried);
    await git(['update-index', '--add', '--remove', '-z', '--stdin'], {
      ...looking,
      input: paths.map((path) => `${path}\0`).join(''),
    });
    return await diffCommits(gitDir, request.snapshot, await gitLine(['write-tree'], open), signal);
  } catch (error) {
    caller.throwIfAborted();
    throw limit.aborted ? tooMuch(`It takes longer than ${deadline / 1000} s to look at`, error) : error;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

function tooMuch(message: string, cause?: unknown): PrefishError {
  const hint = 'What the task changed is shown when it has ended.';
  return new PrefishError('PREFISH_LIMIT', `${message}.`, { hint, cause });
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
  const lists = [
    ['diff-files', '--name-only', '--ignore-submodules=all', '-z'],
    ['ls-files', '--others', '--exclude-standard', '-z'],
  ];
  const wanted: string[] = [];
  const take = (): ((chunk: Buffer) => void) =>
    byRecords(0x00, (text, start, end) => {
      const name = text.toString('utf8', start, end);
      if (carried.some((path) => name === path || name.startsWith(`${path}/`))) return;
      if (wanted.push(name) > mostFiles)
        throw tooMuch(`The task has changed more than ${mostFiles} files so far`);
    });
  await Promise.all(lists.map((args) => git(args, { ...looking, take: take() })));
  const plain: string[] = [];
  let bytes = 0;
  for (const name of wanted) {
    const size = await plainSize(name, tree);
    if (size === undefined) continue;
    plain.push(name);
    bytes += size;
  }
  if (bytes > mostBytes) throw tooMuch(`The task has changed ${formatBytes(bytes)} of files so far`);
  return plain;
}

/** The size of a plain file or link; 0 for one that is gone, `undefined` for what is neither. */
async function plainSize(name: string, tree: string): Promise<number | undefined> {
  if (!(await hasPlainParents(name, tree))) return undefined;
  const found = await lstat(join(tree, name)).catch(() => undefined);
  if (found === undefined) return 0;
  return found.isFile() || found.isSymbolicLink() ? found.size : undefined;
}
