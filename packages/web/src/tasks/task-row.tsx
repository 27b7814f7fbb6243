import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { ago, elapsed } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { StateMark } from './state-mark.tsx';
import { stateOf } from './state-words.ts';
import { isUnread } from './unread.ts';

/** One task of the list. */
export function TaskRow({ task, current }: { readonly task: Task; readonly current: boolean }): JSX.Element {
  const { id, number, state, root, base, result, group, startedAt, endedAt } = task;
  return (
    <a
      class="task-row"
      href={taskPath(id)}
      onClick={onLink}
      data-task={id}
      data-state={state}
      {...(current && { 'aria-current': 'page' })}
    >
      <StateMark state={state} />
      <span class="task-title">
        {isUnread(task) && !current && (
          <span class="unread" title="Ended since you looked">
            <span class="unseen">new: </span>
          </span>
        )}
        {visibleLabel(task.title)}
        {group !== undefined && (
          <small class="task-attempt">
            {' '}
            {group.index} of {group.of}
            {task.repeats !== undefined && ', again'}
          </small>
        )}
      </span>
      <span class="task-time">{timeOf(task)}</span>
      <span class="task-facts">
        <span class="task-number">#{number}</span>
        <span class={`task-state state-${state}`}>{visibleLabel(stateOf(task))}</span>
        {isFinal(state) && startedAt !== undefined && (
          <span class="task-took">took {elapsed(startedAt, endedAt)}</span>
        )}
        {root !== undefined && (
          <span class="task-folder" title={visibleLabel(root)}>
            {visibleLabel(folderName(root))}
          </span>
        )}
        {base?.branch != null && <span class="branch">{visibleLabel(base.branch)}</span>}
        {task.sandbox === 'none' && task.startedAt !== undefined && (
          <span class="badge badge-warn">unsandboxed</span>
        )}
        {result !== undefined && (
          <span class="counts">
            <ins>+{result.insertions}</ins> <del>−{result.deletions}</del>
          </span>
        )}
      </span>
    </a>
  );
}

/** The last part of a path. */
export function folderName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** How long one runs that runs, `0:53`; how long ago another one ended, or was submitted. */
function timeOf({ state, startedAt, endedAt, createdAt }: Task): string {
  if (!isFinal(state) && startedAt !== undefined) return elapsed(startedAt);
  return ago(endedAt ?? createdAt);
}
