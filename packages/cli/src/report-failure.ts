import { inspect } from 'node:util';
import { errorMessage, isPrefishError, type Event } from '@prefish/protocol';
import { createJsonHost } from '@prefish/terminal';
import { ownStreams } from './containment/own-streams.ts';
import { createOwnTerminal } from './host.ts';
import { NotStarted } from './not-started.ts';
import { promptTerminal } from './prompt-terminal.ts';

/** Says what ended prefish outside of any line, as a line's own errors are said, and resolves with the exit code for it. */
export function reportFailure(error: unknown, json: boolean): number {
  if (error instanceof NotStarted) return 2;
  const known = isPrefishError(error) ? error : undefined;
  const event: Event = {
    seq: 1,
    at: new Date().toISOString(),
    type: 'error',
    code: known?.code ?? 'PREFISH_INTERNAL',
    message: errorMessage(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  };
  const open = promptTerminal.current;
  open?.release();
  const host =
    open ?? (json ? createJsonHost(ownStreams.stdout) : createOwnTerminal({ color: 'auto', yes: false }));
  host.event?.(event);
  if (process.env['PREFISH_DEBUG'] === '1' && error instanceof Error) {
    ownStreams.stderr.write(`${inspect(error)}\n`);
  }
  return known?.exitCode ?? 1;
}
