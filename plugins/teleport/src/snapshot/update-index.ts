import type { RawPath } from '../git/raw-path.ts';
import { isPrefishError } from '@prefish/protocol';
import { nulList } from './list-index.ts';
import type { Scan } from './scan-work-tree.ts';
import { splitIndex } from './shadow-config.ts';
import type { Shadow } from './shadow.ts';

/** How often a tree that someone else is writing to is looked at again. */
const attempts = 4;

const add = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];

/**
 * Brings the shadow's index up to date with the work tree.
 *
 * @param look Scans the work tree
 * @param admit Decides what of the scan is read, before anything is: throws to end it
 * @throws PREFISH_GIT_FAILED for a tree that never holds still
 */
export async function updateIndex<S extends Scan>(
  shadow: Shadow,
  look: () => Promise<Scan>,
  admit: (scan: Scan) => Promise<S>,
  signal?: AbortSignal,
): Promise<S> {
  for (let attempt = 1; ; attempt += 1) {
    const scan = await admit(await look());
    try {
      await apply(shadow, scan, attempt > 1, signal);
      return scan;
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt === attempts || !isPrefishError(error) || error.code !== 'PREFISH_GIT_FAILED') throw error;
    }
  }
}

/** @param separately Whether what is gone is removed by itself: git looks at such a path and may not like what is there, or above it */
async function apply(
  shadow: Shadow,
  { candidates, gone }: Scan,
  separately: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const present = candidates.map(({ path }) => path);
  if (separately) await update(shadow, ['update-index', '--force-remove', '-z', '--stdin'], gone, signal);
  await update(shadow, add, separately ? present : [...gone, ...present], signal);
}

async function update(
  shadow: Shadow,
  args: readonly string[],
  paths: readonly RawPath[],
  signal?: AbortSignal,
): Promise<void> {
  if (paths.length === 0) return;
  await shadow.git(args, { env: splitIndex, input: nulList(paths), signal });
}
