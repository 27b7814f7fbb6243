import { sanitizeLabel } from '@prefish/screen';
import type { Earlier } from './find-earlier.ts';
import { filesToApply, nameOf } from './task-conversation.ts';

/** `goes on with task 8 (fix the test) · 2 files to apply`, `goes on with “fix the test”` */
export function describeEarlier(earlier: Earlier): string {
  if (earlier.kind === 'session') return `goes on with “${sanitizeLabel(earlier.record.title)}”`;
  const { task, found } = earlier;
  const files = filesToApply(found);
  const waiting = files === 0 ? '' : ` · ${files} ${files === 1 ? 'file' : 'files'} to apply`;
  return `goes on with ${nameOf(task).toLowerCase()} (${sanitizeLabel(task.title)})${waiting}`;
}
