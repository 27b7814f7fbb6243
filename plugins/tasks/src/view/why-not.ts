import type { FoundTask, ShellView } from '@prefish/core';
import { sanitizeLabel, type KeyPress } from '@prefish/screen';
import { numberWords, stateWords } from '../format/task-status.ts';
import { replyAction, replyKey } from './reply-to-task.ts';

/** Why a key does nothing to a task; `undefined` for one that does nothing to any. */
export function whyNot(found: FoundTask, key: KeyPress, shell: ShellView): string | undefined {
  const { task, source } = found;
  if (key.name === 'paste') return 'several letters at once are no key · / filters';
  if (key.text === '') return undefined;
  if (key.text === replyKey && replyAction(found) === undefined)
    return `${whatIs(found, shell)} takes no messages`;
  const own = source.actions.find((action) => action.key === key.text);
  if (own !== undefined)
    return `${own.name} does not apply to ${numberWords(task) || 'it'}: ${stateWords(task)}`;
  const others = shell.tasks.sources.flatMap(({ actions }) => actions);
  const other = others.find((action) => action.key === key.text);
  return other === undefined ? undefined : `${sanitizeLabel(source.title)} have no ${other.name}`;
}

function whatIs({ task, source }: FoundTask, shell: ShellView): string {
  const isShell = source.id === 'shells' || shell.explain(task.line).prefix?.id.startsWith('shell') === true;
  return isShell ? 'a shell line' : `“${sanitizeLabel(task.title)}”`;
}
