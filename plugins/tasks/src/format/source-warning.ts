import { errorMessage, isPrefishError, type RunContext, type TaskListing } from '@prefish/core';

/** Says that a source could not be asked; the others are shown all the same. */
export function warnOfSource({ source, error }: TaskListing, { out }: RunContext): void {
  const known = isPrefishError(error) ? error : undefined;
  out.warn(
    known?.code ?? 'PREFISH_TASK_SOURCE_FAILED',
    `${source.title}: ${errorMessage(error)}`,
    known?.hint,
  );
}
