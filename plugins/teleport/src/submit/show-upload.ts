import type { RunContext } from '@prefish/core';
import { describeUpload, type Uploads } from '../outbox/uploads.ts';

/** When a person begins to wonder, and how often it is then said anew, in milliseconds. */
const patienceMs = 1000;
const intervalMs = 200;

/**
 * Shows on standard error, where that is a terminal too, how far the upload of a line of `-c` is, where it takes long;
 * nothing is left of it. At the prompt, where all of the screen is the editor's, the list of tasks says it.
 *
 * @returns What ends it
 */
export function showUpload(
  {
    origin,
    terminal,
    env,
    out,
  }: Pick<RunContext, 'origin' | 'terminal' | 'env'> & {
    readonly out: Pick<RunContext['out'], 'write'>;
  },
  uploads: Pick<Uploads, 'progressOf'>,
  id: string,
  isTerminal: boolean = process.stderr.isTTY,
): () => void {
  if (origin !== 'script' || terminal === undefined || !isTerminal || env['TERM'] === 'dumb') return () => {};
  let isShown = false;
  const show = (): void => {
    const progress = uploads.progressOf(id);
    if (progress === undefined) return;
    out.write(`\r\x1b[2K${describeUpload(progress)}`, 'stderr');
    isShown = true;
  };
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, intervalMs);
  }, patienceMs);
  return () => {
    clearTimeout(timer);
    if (isShown) out.write('\r\x1b[2K', 'stderr');
  };
}
