import type { Outcome, RunContext } from '@prefish/core';
import { isPrefishError, PrefishError, type Task } from '@prefish/protocol';
import { findTaskTree, type TaskTree } from '../apply/find-task-tree.ts';
import { inRepository } from '../apply/bring-commit.ts';
import { without } from '../apply/left-out.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { pageInAnswer, remotePlace, requestPage, type RemotePlace } from './forge.ts';
import { replayResult } from './replay-result.ts';

/** The options of `push` and `pr`. */
export interface PushOptions {
  readonly branch?: string | undefined;
  readonly remote?: string | undefined;
  /** Whether a branch that is there already may be moved. */
  readonly move?: boolean | undefined;
}

/** A result that is a branch of a remote. */
export interface Pushed {
  readonly found: TaskTree;
  readonly remote: string;
  /** Where that is, if not in a folder. */
  readonly place: RemotePlace | undefined;
  readonly branch: string;
  readonly commit: string;
  readonly message: string;
  /** As {@link replayResult} gives it. */
  readonly leftOut: readonly RawPath[];
  /** The page that the host named in its answer. */
  readonly answered: string | undefined;
}

/** How the user's own git finds its credentials. */
const credentials: ReadonlySet<string> = new Set([
  'GIT_ASKPASS',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_CAINFO',
  'GIT_CONFIG_COUNT',
]);

/**
 * Pushes what a task changed to a branch of a remote, with the user's own git and credentials.
 *
 * @throws PREFISH_USAGE where there is no such remote; PREFISH_BRANCH_EXISTS for one of somebody else's that would be
 * moved, or cannot be; PREFISH_GIT_FAILED with what git said; what
 * {@link findTaskTree} and {@link replayResult} throw
 */
export async function pushResult(
  services: Services,
  task: Task,
  options: PushOptions,
  context: RunContext,
): Promise<Outcome> {
  const { place, branch, remote, commit, leftOut, answered } = await pushBranch(
    services,
    task,
    options,
    context,
  );
  const url = answered ?? (place && requestPage(place, branch, task.base?.branch ?? null));
  return {
    type: 'ok',
    message: printable(
      `pushed to ${remote} as ${branch}${without(leftOut)}${url === undefined ? '' : ` · ${url}`}`,
    ),
    data: { pushed: true, remote, branch, commit, ...(url === undefined ? {} : { url }) },
  };
}

/** As {@link pushResult}; `pushOptions` go to the host with the push, where it takes any. */
export async function pushBranch(
  services: Services,
  task: Task,
  options: PushOptions,
  context: RunContext,
  pushOptions: (place: RemotePlace | undefined, message: string) => readonly string[] = () => [],
): Promise<Pushed> {
  const { env, signal } = context;
  const found = await findTaskTree(services, task, context);
  const { git, tree } = found;
  const user = inRepository(tree, signal);
  const remote = options.remote ?? remoteOf(task, tree.config);
  let branch = options.branch ?? branchFor(task);
  const valid = await git(['check-ref-format', '--branch', branch], { ...user, codes: [0, 1, 128] });
  if (valid.code !== 0) {
    throw new PrefishError('PREFISH_USAGE', `--branch: “${branch}” is no name for a branch`);
  }
  const listed = await git(['remote', 'get-url', '--push', '--', remote], { ...user, codes: [0, 2, 128] });
  if (listed.code !== 0) throw noRemote(remote, tree.config);
  const place = remotePlace(listed.stdout.toString('utf8').trim());
  const { commit, message, leftOut } = await replayResult(found, task, signal);
  const own = Object.entries(env).filter(
    ([name]) => credentials.has(name) || /^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name),
  );
  const withCredentials = { ...user, env: { ...user.env, ...Object.fromEntries(own) } };
  const lease: string[] = [];
  const push = async (extra: readonly string[]): Promise<string> => {
    const args = ['push', '--no-verify', ...lease, ...extra.flatMap((option) => ['-o', option])];
    const { stderr } = await git([...args, '--', remote, `${commit}:refs/heads/${branch}`], withCredentials);
    return stderr;
  };
  const there = async (): Promise<string> =>
    (await git(['ls-remote', '--', remote, `refs/heads/${branch}`], withCredentials)).stdout.toString('utf8');
  if (options.move !== true && !branch.startsWith(ownBranches)) {
    const listing = await there().catch((error: unknown) => {
      throw explained(error, remote, branch);
    });
    const [, at] = /^([0-9a-f]+)\t/.exec(listing) ?? [];
    if (at !== undefined && at !== commit) {
      throw branchExists(
        remote,
        branch,
        `already, at ${at.slice(0, 7)}`,
        '--move lets it be moved on to the result',
      );
    }
    // None that others make meanwhile is moved either.
    if (at === undefined) lease.push(`--force-with-lease=refs/heads/${branch}:`);
  }
  const wished = pushOptions(place, message);
  const pushAsWished = (): Promise<string> =>
    push(wished).catch((error: unknown) => {
      const takesNone = isPrefishError(error) && /does not support push options/.test(error.message);
      if (takesNone && wished.length > 0) return push([]);
      throw error;
    });
  const answer = await pushAsWished()
    .catch((error: unknown) => {
      if (options.branch !== undefined || !isTaken(error)) throw error;
      // By another attempt, or another task of the same title.
      branch = `${branch}-${task.id}`;
      return pushAsWished();
    })
    .catch((error: unknown) => {
      throw explained(error, remote, branch);
    });
  return { found, remote, place, branch, commit, message, leftOut, answered: pageInAnswer(answer) };
}

/** Branches below this are prefish's own. */
const ownBranches = 'prefish/';

/** `prefish/enable-dark-mode`: the same for the same task. Where that is taken, its id comes behind. */
function branchFor({ id, title }: Task): string {
  const words = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${ownBranches}${words.replace(/^-+|-+$/g, '') || id}`;
}

/** As `git push` without arguments chooses: git-push(1). */
function remoteOf({ base }: Task, config: ReadonlyMap<string, string>): string {
  const branch = base?.branch;
  const own =
    branch == null ? [] : [`branch.${branch}.pushremote`, 'remote.pushdefault', `branch.${branch}.remote`];
  const chosen = [...own, 'remote.pushdefault']
    .map((key) => config.get(key))
    .find((name) => name !== undefined);
  const remotes = remotesIn(config);
  return chosen ?? (remotes.includes('origin') ? 'origin' : (remotes[0] ?? 'origin'));
}

function remotesIn(config: ReadonlyMap<string, string>): string[] {
  return Array.from(config.keys()).flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []);
}

function noRemote(remote: string, config: ReadonlyMap<string, string>): PrefishError {
  const remotes = remotesIn(config);
  return new PrefishError('PREFISH_USAGE', `This repository has no remote ${remote}`, {
    hint:
      remotes.length === 0
        ? 'git remote add origin URL; or --branch of prefish tasks apply makes a branch here'
        : `--remote ${remotes.join(', --remote ')}`,
  });
}

function branchExists(
  remote: string,
  branch: string,
  how: string,
  way: string,
  cause?: unknown,
): PrefishError {
  return new PrefishError(
    'PREFISH_BRANCH_EXISTS',
    printable(`${remote} has a branch ${branch} ${how}; nothing was pushed`),
    { hint: `${way}; without --branch it gets one of its own`, cause },
  );
}

/** Whether a branch was not moved, because it has commits that the result is not built on. */
function isTaken(error: unknown): boolean {
  return (
    isPrefishError(error) &&
    error.code === 'PREFISH_GIT_FAILED' &&
    /\[rejected\]|non-fast-forward|fetch first/.test(error.message)
  );
}

function explained(error: unknown, remote: string, branch: string): unknown {
  if (!isPrefishError(error) || error.code !== 'PREFISH_GIT_FAILED') return error;
  if (isTaken(error)) {
    return branchExists(
      remote,
      branch,
      'already, with commits that the result is not built on',
      'Choose another name for it',
      error,
    );
  }
  const asks = /could not read Username|Authentication failed|Permission denied/.test(error.message);
  return new PrefishError('PREFISH_GIT_FAILED', error.message, {
    hint: asks
      ? 'git cannot ask here: does git push work in this repository without a question?'
      : (error.hint ??
        `Nothing was pushed. Does git ls-remote ${remote} answer? --remote NAME takes another.`),
    cause: error,
  });
}
