import { errorMessage, isPrefishError, type RunContext, type TaskListing } from '@prefish/core';

/** Says that a source could not be asked, or gave what are no tasks, and whose it is; all others are shown all the same. */
export function warnOfSource({ source, plugin, error }: TaskListing, { out }: RunContext): void {
  const known = isPrefishError(error) ? error : undefined;
  const message = errorMessage(error);
  out.event({
    type: 'warning',
    code: known?.code ?? 'PREFISH_TASK_SOURCE_FAILED',
    message: message.startsWith(`${source.title}: `) ? message : `${source.title}: ${message}`,
    plugin: known?.plugin ?? plugin,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  });
}
