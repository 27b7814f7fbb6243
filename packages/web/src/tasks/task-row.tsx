import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { ago, elapsed } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { StateMark } from './state-mark.tsx';
import { stateOf } from './state-words.ts';

/** One task of the list. */
export function TaskRow({ task, current }: { readonly task: Task; readonly current: boolean }): JSX.Element {
  const { id, number, state, root, base, result, group } = task;
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
        <span class={`state state-${state}`}>{visibleLabel(stateOf(task))}</span>
        {root !== undefined && <span title={visibleLabel(root)}>{visibleLabel(folderName(root))}</span>}
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

function timeOf({ state, startedAt, endedAt, createdAt }: Task): string {
  if (isFinal(state)) return ago(endedAt ?? createdAt);
  return elapsed(startedAt ?? createdAt);
}
