import { isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCodes, PrefishError, isPrefishError, type ErrorCodeName } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import type { GitRemote } from '../server.ts';
import { sinceLatest } from './since-latest.ts';

/** A snapshot in its shadow, and the id of the task that it is for. */
export interface OutgoingSnapshot {
  readonly id: string;
  readonly commit: string;
  /** The folder of the shadow repository. */
  readonly shadow: string;
}

/** Where a snapshot goes, and the one that was sent there last, as far as it says so. */
export interface Mirror extends GitRemote {
  readonly latest?: string | undefined;
}

/** What goes to a mirror, or comes from one, obeys nothing but the shadow's own configuration: no hooks, no URL rewriting, no helpers. */
export const isolated: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

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

/** How much of a snapshot has been sent. */
export interface UploadProgress {
  /** Of its objects, from 0 to 100. */
  readonly percent: number;
  /** Absent while nothing has been sent. */
  readonly bytes?: number;
}

/** How long a push that broke waits before it is tried again, in milliseconds, each time longer. */
const pausesMs = [250, 1000, 3000, 8000];

/** What a mirror says when the same push would fail again. */
const refusals =
  /remote rejected|exceeds maximum allowed size|fsck|protected|not allowed|denied|Authentication failed/i;

/**
 * Sends a snapshot to a mirror. A push that breaks on the way begins again, and sends the same: a snapshot that
 * arrived twice arrived once.
 *
 * @throws PREFISH_SNAPSHOT_FAILED when objects of the snapshot are gone; PREFISH_SNAPSHOT_REFUSED where it is too
 * large for the server; PREFISH_GIT_FAILED, PREFISH_NO_SPACE
 */
export async function pushSnapshot(
  git: Git,
  snapshot: OutgoingSnapshot,
  remote: Mirror,
  signal?: AbortSignal,
  onProgress?: (progress: UploadProgress) => void,
): Promise<void> {
  for (const pause of [...pausesMs, undefined]) {
    try {
      const pushWith = (env: GitRemote['env']): Promise<void> =>
        push(git, snapshot, { ...remote, env: { ...remote.env, ...env } }, signal, onProgress);
      // In the end whatever it costs: what was sent before may be damaged.
      return await (pause === undefined ? pushWith({}) : sinceLatest(snapshot, remote.latest, pushWith));
    } catch (error) {
      signal?.throwIfAborted();
      const isBroken =
        isPrefishError(error) && error.code === 'PREFISH_GIT_FAILED' && !refusals.test(error.message);
      if (!isBroken || pause === undefined) throw error;
      await delay(pause, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

/** What git's units stand for: `strbuf_humanise_bytes`. */
const gitUnits: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Reads a line of `git push --progress`. */
export function readUploadProgress(line: string): UploadProgress | undefined {
  const [, percent, amount, unit = ''] =
    /^Writing objects: +(\d+)% \(\d+\/\d+\)(?:, ([\d.]+) (\w+))?/.exec(line) ?? [];
  if (percent === undefined) return undefined;
  const bytes = amount === undefined ? undefined : Math.round(Number(amount) * (gitUnits[unit] ?? 1));
  return { percent: Number(percent), ...(bytes === undefined ? {} : { bytes }) };
}

async function push(
  git: Git,
  { id, commit, shadow }: OutgoingSnapshot,
  remote: GitRemote,
  signal?: AbortSignal,
  onProgress?: (progress: UploadProgress) => void,
): Promise<void> {
  const refspec = `${commit}:refs/prefish/snapshots/${id}`;
  try {
    await git(
      [
        ...compressed,
        '-c',
        'advice.graftFileDeprecated=false',
        'push',
        onProgress === undefined ? '--quiet' : '--progress',
        '--no-verify',
        ...(isAbsolute(remote.url) ? [receivePack] : []),
        '--',
        remote.url,
        refspec,
      ],
      {
        env: { ...isolated, ...remote.env, GIT_DIR: shadow },
        signal,
        onProgress:
          onProgress &&
          ((line) => {
            const progress = readUploadProgress(line);
            if (progress !== undefined) onProgress(progress);
          }),
      },
    );
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_GIT_FAILED') throw cause;
    const refusal = readRefusal(cause.message);
    if (refusal !== undefined) throw refusal;
    const [tooLarge, most] = /exceeds maximum allowed size(?: \(([^)]+)\))?/.exec(cause.message) ?? [];
    if (tooLarge !== undefined) throw largerThan(most, cause);
    if (await isComplete(git, shadow, commit, signal)) throw cause;
    throw new PrefishError('PREFISH_SNAPSHOT_FAILED', 'Objects that the snapshot borrowed are gone', {
      hint: 'They went with a `git gc --prune` or with the repository; submit the line again.',
      cause,
    });
  }
}

/** The error of a server that let no push begin, as git shows it: `remote error: … [PREFISH_LIMIT 1 s] hint`. */
export function readRefusal(said: string): PrefishError | undefined {
  const [, message, code, seconds, hint] =
    /remote error: (.+) \[(PREFISH_\w+)(?: (\d+) s)?\] ?([^;\n]*)/.exec(said) ?? [];
  if (message === undefined || code === undefined || !Object.hasOwn(errorCodes, code)) return undefined;
  return new PrefishError(code as ErrorCodeName, message, {
    hint: hint || undefined,
    retryAfter: seconds === undefined ? undefined : Number(seconds),
  });
}

/** @param most What the server would have taken, in git's words: for an account, what is left of its room */
function largerThan(most: string | undefined, cause: Error): PrefishError {
  const room = most === undefined ? '' : `: ${most} at the moment`;
  return new PrefishError('PREFISH_SNAPSHOT_REFUSED', `The snapshot is larger than the server takes${room}`, {
    hint:
      'A line in .prefishignore keeps a file or folder here; ' +
      'where an account has used up its room (prefish whoami), prefish tasks rm ID makes some.',
    cause,
  });
}

async function isComplete(git: Git, shadow: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  const walked = await git(['rev-list', '--objects', '--quiet', commit], {
    env: { ...isolated, GIT_DIR: shadow },
    codes: [0, 1, 128],
    signal,
  }).catch(() => undefined);
  return walked?.code === 0;
}
