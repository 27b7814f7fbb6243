import { errorMessage, isPrefishError, type Event } from '@prefish/protocol';

/** Says what ended prefish outside of any line, and resolves with the exit code for it. */
export function reportFailure(error: unknown, json: boolean): number {
  const known = isPrefishError(error) ? error : undefined;
  const message = errorMessage(error);
  if (json) {
    const event: Event = {
      seq: 1,
      at: new Date().toISOString(),
      type: 'error',
      code: known?.code ?? 'PREFISH_INTERNAL',
      message,
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
    };
    process.stdout.write(`${JSON.stringify(event)}\n`);
  } else {
    process.stderr.write(`prefish: ${message}\n${known?.hint === undefined ? '' : `  ${known.hint}\n`}`);
  }
  if (process.env['PREFISH_DEBUG'] === '1' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  return known?.exitCode ?? 1;
}
