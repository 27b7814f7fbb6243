import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../repositories/git.ts';
import type { KeptRequest } from '../store/store.ts';
import { makeTaskTags } from './task-tags.ts';
import { gitIn, type TaskTree } from './tree/task-tree.ts';

/** What a task's own repository is made of. */
export interface TaskRepositoryOptions {
  readonly request: KeptRequest;
  /** The mirror's git directory and objects. */
  readonly gitDir: string;
  readonly objects: string;
  /** The index of the trusted git. */
  readonly index: string;
  readonly tree: TaskTree;
  /** Whether the mirror holds the base commit. */
  readonly baseKnown: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the workspace a `.git` to be used and thrown away: HEAD is the base commit on the user's branch,
 * local changes are dirty, new files untracked, tags are there. Objects are borrowed from the mirror. prefish never reads
 * it again, since the task may write whatever it likes into it.
 *
 * When the mirror lacks the base commit (a shallow clone sends none), HEAD is the snapshot and all is clean.
 */
export async function makeTaskRepository(options: TaskRepositoryOptions): Promise<void> {
  const { request, tree, signal } = options;
  const gitDir = join(tree.path, '.git');
  const { commit, branch } = request.base;
  const head = commit === null || options.baseKnown ? commit : request.snapshot;
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
    await mkdir(join(gitDir, folder), { recursive: true });
  }
  await writeFile(join(gitDir, 'config'), config(request.options.identity));
  await writeFile(join(gitDir, 'objects/info/alternates'), `${options.objects}\n`);
  const ref = branch === null ? undefined : await branchRef(branch, signal);
  const place = { mirror: options.gitDir, objects: join(gitDir, 'objects'), signal };
  const tags = await makeTaskTags(request.tags ?? [], place);
  const own = head !== null && ref !== undefined ? `${head} ${ref}\n` : '';
  if (own + tags !== '') await writeFile(join(gitDir, 'packed-refs'), own + tags);
  await writeFile(
    join(gitDir, 'HEAD'),
    ref === undefined && head !== null ? `${head}\n` : `ref: ${ref ?? 'refs/heads/main'}\n`,
  );

  const index = join(gitDir, 'index');
  if (head === null) return;
  await copyFile(options.index, index);
  if (head === (request.continues?.commit ?? request.snapshot)) return;
  // With one tree, read-tree keeps the stat data of entries that are the same in it (git-read-tree(1), "Single Tree Merge").
  const env = { GIT_INDEX_FILE: join(tree.place, '.git/index') };
  await git(['read-tree', '-m', head], { ...gitIn(tree), gitDir: options.gitDir, env, signal });
}

/** Names of words, that git need not be asked about (git-check-ref-format(1)). */
const plainBranch = /^(?!.*\.lock(\/|$))\w+([-./]\w+)*$/;

/** The full name of a branch, or `undefined` for one that git would not take. */
async function branchRef(branch: string, signal?: AbortSignal): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  if (plainBranch.test(branch)) return ref;
  const { code } = await git(['check-ref-format', ref], { answers: [1], signal });
  return code === 0 && !ref.includes('\n') ? ref : undefined;
}

function config(identity: { readonly name: string; readonly email: string } | undefined): string {
  const core = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n[gc]\n\tauto = 0\n';
  if (identity === undefined) return core;
  return `${core}[user]\n\tname = ${quoted(identity.name)}\n\temail = ${quoted(identity.email)}\n`;
}

/** A value as git-config(1), "Syntax", wants it. */
function quoted(value: string): string {
  return `"${value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)}"`;
}
