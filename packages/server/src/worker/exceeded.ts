import type { EventBody } from '@prefish/protocol';
import { written } from '../sandbox/limits/written-bytes.ts';
import type { Exceeded } from '../sandbox/sandbox.ts';
import type { AttemptLog } from './attempt.ts';

/** What of a task that filled the disk is still kept as its result, in bytes. */
const mostAfterFull = 2 ** 30;

/** Says what a task used too much of, and whether there is room to keep what it changed. */
export async function tellExceeded(
  { limit, message, hint }: Exceeded,
  tree: string,
  since: number,
  log: AttemptLog,
): Promise<boolean> {
  const warning = (text: string): EventBody => ({
    type: 'warning',
    code: 'PREFISH_TASK_LIMIT',
    message: text,
    hint,
  });
  const changed = limit === 'disk' ? (await written(tree, since))?.bytes : 0;
  const isFitting = limit !== 'files' && changed !== undefined && changed <= mostAfterFull;
  await log.append([warning(isFitting ? message : `${message}; what it wrote was not kept`)]);
  return isFitting;
}
