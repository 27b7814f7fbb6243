import type { RunContext } from '@prefish/core';
import { isPrefishError, PrefishError, formatBytes } from '@prefish/protocol';
import { displayPath } from '../git/raw-path.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import type { Candidate } from '../snapshot/scan-work-tree.ts';

/** From which size on one is asked, in bytes. */
export interface SnapshotLimits {
  /** Of one file that changed or is new. */
  readonly file: number;
  /** Of all of them together. */
  readonly total: number;
}

/** What is asked about unless the configuration says otherwise: what takes longer than one would want to wait unasked. */
export const usualLimits: SnapshotLimits = { file: 500_000_000, total: 2_000_000_000 };

const hint =
  'A line in .prefishignore keeps a file or folder here; prefish --yes sends all the same, and snapshot in the configuration says from which size on one is asked.';

/**
 * Asks before a snapshot with large files is read and sent.
 *
 * @throws PREFISH_SNAPSHOT_REFUSED where nobody can be asked, or the answer is no
 */
export async function admitSize(
  candidates: readonly Candidate[],
  { file, total }: SnapshotLimits,
  { ask }: Pick<RunContext, 'ask'>,
): Promise<void> {
  const large = candidates.filter(({ size }) => size > file).toSorted((a, b) => b.size - a.size);
  const sum = candidates.reduce((bytes, { size }) => bytes + size, 0);
  if (large.length === 0 && sum <= total) return;
  const what = printable(large.length > 0 ? describeLarge(large) : `What changed has ${formatBytes(sum)}`);
  let isAgreed: boolean;
  try {
    isAgreed = await ask.confirm(`${what}. Send it?`, { default: true });
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_NO_TTY') throw cause;
    throw new PrefishError('PREFISH_SNAPSHOT_REFUSED', `${what}; nothing was sent`, { hint, cause });
  }
  if (!isAgreed) {
    throw new PrefishError('PREFISH_SNAPSHOT_REFUSED', 'Nothing was sent', {
      hint: 'A line in .prefishignore keeps a file or folder here.',
    });
  }
}

function describeLarge(large: readonly Candidate[]): string {
  const shown = large.slice(0, 3).map(({ path, size }) => `${displayPath(path)} has ${formatBytes(size)}`);
  const more = large.length > 3 ? ` and ${large.length - 3} more are large` : '';
  return `${shown.join(', ')}${more}`;
}
