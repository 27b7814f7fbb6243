import type { RunContext } from '@prefish/core';
import { describeUpload, type Uploads } from '../outbox/uploads.ts';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';

/** When a person begins to wonder, and how often it is then said anew, in milliseconds. */
const patienceMs = 1000;
const intervalMs = 200;

/**
 * Shows where it is looked for how far the upload of a line is that takes long, and leaves nothing of it: at the prompt
 * in a row of its own, for a line of `-c` on standard error where that is a terminal too.
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
  { uploads, status }: Pick<Services, 'status'> & { readonly uploads: Pick<Uploads, 'progressOf'> },
  { id, line }: { readonly id: string; readonly line: string },
  isTerminal: boolean = process.stderr.isTTY,
): () => void {
  if (terminal === undefined) return () => {};
  const show = (text: string | undefined): void => {
    if (origin !== 'script') status(id, text && printable(`submitted (${text}) · & ${line}`));
    else out.write(`\r\x1b[2K${text ?? ''}`, 'stderr');
  };
  if (origin === 'script' && (!isTerminal || env['TERM'] === 'dumb')) return () => {};
  return tellUpload(() => uploads.progressOf(id), show);
}

function tellUpload(
  progress: () => ReturnType<Uploads['progressOf']>,
  show: (text: string | undefined) => void,
): () => void {
  let isShown = false;
  const tell = (): void => {
    const current = progress();
    if (current === undefined && !isShown) return;
    show(current && describeUpload(current));
    isShown = current !== undefined;
  };
  let timer = setTimeout(() => {
    tell();
    timer = setInterval(tell, intervalMs);
  }, patienceMs);
  return () => {
    clearTimeout(timer);
    if (isShown) show(undefined);
    isShown = false;
  };
}
