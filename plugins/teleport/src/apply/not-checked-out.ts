import type { RawChange } from '../git/raw-diff.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { listIndex } from '../snapshot/list-index.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import { look } from './image.ts';
import { inParallel } from './in-parallel.ts';

/**
 * Which paths of the changes the snapshot just taken has, and the disk has not: they are outside of a sparse checkout,
 * or git was told in another way not to look at them.
 */
export async function notCheckedOut(
  shadow: Shadow,
  root: string,
  changes: readonly RawChange[],
  signal: AbortSignal,
): Promise<ReadonlySet<RawPath>> {
  const known = changes.filter(({ status }) => status !== 'A').map(({ path }) => path);
  const found = await inParallel(known, (path) => look(onDisk(root, path)));
  const absent = new Set(known.filter((_, index) => found[index]!.kind === 'absent'));
  if (absent.size === 0) return absent;
  const hidden = (await listIndex(shadow, signal)).filter(({ tag }) => /^[a-zS]/.test(tag));
  return new Set(hidden.map(({ path }) => path).filter((path) => absent.has(path)));
}
