import type { RunContext } from '@prefish/core';
import { describeUpload, type Uploads } from '../outbox/uploads.ts';

/** When a person begins to wonder, and how often it is then said anew, in milliseconds. */
const patienceMs = 1000;
const intervalMs = 200;

/**
 * Shows on the terminal of a script's standard error how far an upload is, where it takes long; nothing is left of
 * it. At the prompt the list of tasks says it.
 *
 * @returns What ends it
 */
export function showUpload(
  { terminal, env }: Pick<RunContext, 'terminal' | 'env'>,
  uploads: Pick<Uploads, 'progressOf'>,
  id: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): () => void {
  if (terminal !== undefined || !stream.isTTY || env['TERM'] === 'dumb') return () => {};
  let isShown = false;
  const show = (): void => {
    const progress = uploads.progressOf(id);
    if (progress === undefined) return;
    stream.write(`\r\x1b[2K${describeUpload(progress)}`);
    isShown = true;
  };
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, intervalMs);
  }, patienceMs);
  return () => {
    clearTimeout(timer);
    if (isShown) stream.write('\r\x1b[2K');
  };
}
