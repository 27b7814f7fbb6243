import { isAbsolute } from 'node:path';
import { PrefishError, isPrefishError } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import type { GitRemote } from '../server.ts';

/** A snapshot in its shadow, and the id of the task that it is for. */
export interface OutgoingSnapshot {
  readonly id: string;
  readonly commit: string;
  /** The folder of the shadow repository. */
  readonly shadow: string;
}

/** What goes to a mirror, or comes from one, obeys nothing but the shadow's own configuration: no hooks, no URL rewriting, no helpers. */
export const isolated: Readonly<Record<string, string>> = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/**
 * A mirror on this machine stores what it gets without compressing it first: with git's default a large
 * file takes three times as long to arrive.
 */
const receivePack = '--receive-pack=git -c core.looseCompression=0 receive-pack';

/**
 * What goes over the wire is compressed, although the shadow keeps it uncompressed. Large files, which
 * the shadow keeps in packs, go as they are: git does not pack again what is packed.
 */
const compressed = ['-c', 'pack.compression=-1'];

/**
 * Sends a snapshot to a mirror.
 *
 * @throws PREFISH_SNAPSHOT_FAILED when objects of the snapshot are gone; PREFISH_GIT_FAILED, PREFISH_NO_SPACE
 */
export async function pushSnapshot(
  git: Git,
  { id, commit, shadow }: OutgoingSnapshot,
  remote: GitRemote,
  signal?: AbortSignal,
): Promise<void> {
  const refspec = `${commit}:refs/prefish/snapshots/${id}`;
  try {
    await git(
      [
        ...compressed,
        'push',
        '--quiet',
        '--no-verify',
        ...(isAbsolute(remote.url) ? [receivePack] : []),
        '--',
        remote.url,
        refspec,
      ],
      {
        env: { ...isolated, ...remote.env, GIT_DIR: shadow },
        signal,
      },
    );
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_GIT_FAILED') throw cause;
    if (await isComplete(git, shadow, commit, signal)) throw cause;
    throw new PrefishError('PREFISH_SNAPSHOT_FAILED', 'Objects that the snapshot borrowed are gone', {
      hint: 'They went with a `git gc --prune` or with the repository; submit the line again.',
      cause,
    });
  }
}

/** Makes a snapshot independent of the user's repository, until {@link unpinSnapshot}. */
export async function pinSnapshot(
  git: Git,
  { id, commit, shadow }: OutgoingSnapshot,
  signal?: AbortSignal,
): Promise<void> {
  const run = { env: { ...isolated, GIT_DIR: shadow }, signal };
  await git(['update-ref', pinRef(id), commit], run);
  // Without -l the pack holds borrowed objects too.
  await git(['repack', '-a', '-d', '-q'], run);
}

/** Lets go of what {@link pinSnapshot} kept. */
export async function unpinSnapshot(git: Git, { id, shadow }: OutgoingSnapshot): Promise<void> {
  await git(['update-ref', '-d', pinRef(id)], {
    env: { ...isolated, GIT_DIR: shadow },
    codes: [0, 1, 128],
  });
}

function pinRef(id: string): string {
  return `refs/prefish/outbox/${id}`;
}

async function isComplete(git: Git, shadow: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  const walked = await git(['rev-list', '--objects', '--quiet', commit], {
    env: { ...isolated, GIT_DIR: shadow },
    codes: [0, 1, 128],
    signal,
  }).catch(() => undefined);
  return walked?.code === 0;
}
