import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import { objectIdPattern, PrefishError, taskIdPattern, type RepositoryLocation } from '@prefish/protocol';
import { Turns } from '../turns.ts';
import { diffCommits } from './diff.ts';
import { git } from './git.ts';
import { linkHistory, usuallyWorthwhile } from './linked-history.ts';
import { mirrorConfig } from './mirror-config.ts';
import type { Repositories } from './repositories.ts';

/** What a repository is known by. */
const repositoryIdPattern = /^[a-z0-9]{8,64}$/;

/** Where mirrors are kept, and what they take. */
export interface MirrorsOptions {
  /** The server's folder; mirrors are `repositories/<repository id>.git` in it, or `repositories/<owner>/…`. */
  readonly folder: string;
  /** The largest pack that a push may bring, in bytes. 8 GiB by default. */
  readonly packBytes?: number;
  /** From how many bytes on a history on this disk is linked, not pushed. 32 MiB by default. */
  readonly worthLinking?: number;
}

/** The folder of an owner's mirrors, in the server's. */
export function mirrorsOf(folder: string, owner: string): string {
  return join(folder, 'repositories', owner);
}

/** The mirrors of a server: bare repositories on its own disk. */
export function createRepositories(options: MirrorsOptions): Repositories {
  const owners = new Map<string, Repositories>();
  const of = (owner: string): Repositories => {
    const known = owners.get(owner) ?? mirrorsIn(mirrorsOf(options.folder, owner), options, of);
    owners.set(owner, known);
    return known;
  };
  return of('');
}

function mirrorsIn(parent: string, options: MirrorsOptions, of: Repositories['of']): Repositories {
  const config = mirrorConfig(options.packBytes ?? 8 * 1024 ** 3);
  const ready = new Map<string, Promise<void>>();
  const keeping = new Turns(1);

  const path = (repo: string): string => {
    if (!repositoryIdPattern.test(repo)) {
      throw new PrefishError('PREFISH_REQUEST_INVALID', `“${repo}” is no repository id`);
    }
    return join(parent, `${repo}.git`);
  };

  async function locate(repo: string): Promise<RepositoryLocation> {
    const remote = path(repo);
    let making = ready.get(repo);
    if (making === undefined) {
      making = makeMirror(remote, config);
      ready.set(repo, making);
      making.catch(() => ready.delete(repo));
    }
    await making;
    // One without tasks may have been removed; it is in use again.
    if (!(await isMirror(remote))) await makeMirror(remote, config);
    const now = new Date();
    await utimes(remote, now, now);
    await removeStaleLocks(remote, await lockedPushes(remote));
    const latest = await readLatest(remote);
    return { repo, remote, objects: join(remote, 'objects'), ...(latest !== undefined && { latest }) };
  }

  return {
    of,
    async locate(repo, signal) {
      signal?.throwIfAborted();
      return locate(repo);
    },
    async link(repo, history, signal) {
      const worthwhile = options.worthLinking ?? usuallyWorthwhile;
      // The push that follows brings what is not linked, or says why it cannot.
      await linkHistory(path(repo), history, worthwhile, signal).catch(() => signal?.throwIfAborted());
    },
    async find(repo) {
      if (!repositoryIdPattern.test(repo)) return undefined;
      const gitDir = path(repo);
      return (await isMirror(gitDir)) ? gitDir : undefined;
    },
    has: (repo, commit, signal) => holds(path(repo), commit, signal),
    async keepSnapshot(repo, taskId, commit, signal) {
      const gitDir = path(repo);
      if (!(await isMirror(gitDir))) return false;
      // One after the other: git would have them wait for each other's locks, and give up.
      return keeping.during(repo, () => keepSnapshot(gitDir, taskId, commit, signal));
    },
    async keepResult(repo, { id, attempt }, commit, signal) {
      await git(['update-ref', `${taskRef(id, 'results')}/${attempt}`, commit], {
        gitDir: path(repo),
        signal,
      });
    },
    async diff(repo, from, to, signal) {
      return diffCommits(path(repo), from, to, signal);
    },
    async forget(repo, taskId, signal) {
      const gitDir = path(repo);
      if (!(await isMirror(gitDir))) return;
      const refs = (['snapshots', 'sent', 'results'] as const).map((kind) => taskRef(taskId, kind));
      const { stdout } = await git(['for-each-ref', '--format=delete %(refname)', ...refs], {
        gitDir,
        signal,
      });
      await git(['update-ref', '--stdin'], { gitDir, signal, input: stdout.toString('utf8') });
    },
  };
}

/** What was pushed and has no task yet. */
export const pushedRefs = 'refs/prefish/snapshots';
/** The snapshot that was sent last; the one ref that a push is told of. */
export const latestRef = 'refs/prefish/latest';
/** The snapshot that was sent last; `undefined` where there is none, or git has packed its refs since. */
async function readLatest(gitDir: string): Promise<string | undefined> {
  const found = await readFile(join(gitDir, latestRef), 'latin1').catch(() => '');
  return objectIdPattern.test(found.trim()) ? found.trim() : undefined;
}

/** The snapshots of tasks. */
export const sentRefs = 'refs/prefish/sent';
/** How old a lock on refs is that nobody holds any more, in milliseconds. They are held for a moment. */
const staleLock = 60_000;

/** The ref that a snapshot is pushed to, that keeps it once its task is accepted, or that keeps what came out of it. */
function taskRef(taskId: string, kind: 'snapshots' | 'sent' | 'results'): string {
  if (!taskIdPattern.test(taskId))
    throw new PrefishError('PREFISH_REQUEST_INVALID', `“${taskId}” is no task id`);
  return `refs/prefish/${kind}/${taskId}`;
}

/** Whether a mirror is there and holds a commit. */
async function holds(gitDir: string, commit: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (!(await isMirror(gitDir))) return false;
  const { code } = await git(['cat-file', '-e', `${commit}^{commit}`], { gitDir, signal, answers: [1, 128] });
  return code === 0;
}

/** {@link Repositories.keepSnapshot}. That later pushes are told of little is worth a try, no failure. */
async function keepSnapshot(
  gitDir: string,
  taskId: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const keep = `update ${taskRef(taskId, 'sent')} ${commit}^{commit}`;
  const spareLaterPushes = [
    `update ${latestRef} ${commit}^{commit}`,
    `delete ${taskRef(taskId, 'snapshots')}`,
  ];
  const update = async (...commands: string[]): Promise<boolean> => {
    const input = `${commands.join('\n')}\n`;
    const { code } = await git(['update-ref', '--stdin'], { gitDir, signal, input, answers: [128] });
    return code === 0;
  };
  if (await update(keep, ...spareLaterPushes)) return true;
  if (!(await holds(gitDir, commit, signal))) return false;
  // Somebody holds a lock that all tasks share, or a git that was killed left it, or the task's own.
  const own = (['sent', 'snapshots'] as const).map((kind) => taskRef(taskId, kind));
  await removeStaleLocks(gitDir, [latestRef, 'packed-refs', ...own]);
  if ((await update(keep, ...spareLaterPushes)) || (await update(keep))) return true;
  throw new PrefishError('PREFISH_GIT_FAILED', `the snapshot of ${taskId} could not be kept`);
}

/** The refs that a push wrote when it was killed, or writes now. A push that is tried again could not have its own. */
async function lockedPushes(gitDir: string): Promise<readonly string[]> {
  const names = await readdir(join(gitDir, pushedRefs)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(pushedRefs, name.slice(0, -'.lock'.length)));
}

/** Removes the locks on files that are older than any command of git takes for them. */
async function removeStaleLocks(gitDir: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const lock = join(gitDir, `${name}.lock`);
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > staleLock) await rm(lock, { force: true });
  }
}

async function isMirror(gitDir: string): Promise<boolean> {
  return readFile(join(gitDir, 'HEAD')).then(
    () => true,
    () => false,
  );
}

/** Makes the mirror aside and moves it into place whole, so that of several makers one wins; brings its configuration up to date. */
async function makeMirror(gitDir: string, config: string): Promise<void> {
  const settings = { HEAD: 'ref: refs/heads/main\n', config };
  if (!(await isMirror(gitDir))) {
    const aside = `${gitDir}.${randomUUID()}`;
    try {
      await mkdir(join(gitDir, '..'), { recursive: true, mode: 0o700 });
      await git(['init', '-q', '--bare', '--template=', '--initial-branch=main', aside]);
      // git syncs none of it, and without it no task of the repository runs after a power cut.
      for (const [name, text] of Object.entries(settings)) await writeDurably(join(aside, name), text);
      await rename(aside, gitDir).catch(async (error: unknown) => {
        if (!(await isMirror(gitDir))) throw error;
      });
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  for (const [name, text] of Object.entries(settings)) {
    const file = join(gitDir, name);
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeDurably(file, text);
  }
}
