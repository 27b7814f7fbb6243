import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { ago, elapsed } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { StateMark } from './state-mark.tsx';

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
      <span class="task-title">{visibleLabel(task.title)}</span>
      <span class="task-time">{timeOf(task)}</span>
      <span class="task-facts">
        <span>#{number}</span>
        {group !== undefined && (
          <span>
            {group.index} of {group.of}
          </span>
        )}
        <span class={`state state-${state}`}>{stateOf(task)}</span>
        {root !== undefined && <span title={visibleLabel(root)}>{visibleLabel(folderName(root))}</span>}
        {base?.branch != null && <span>{visibleLabel(base.branch)}</span>}
        {result !== undefined && (
          <span class="counts">
            <ins>+{result.insertions}</ins> <del>−{result.deletions}</del>
          </span>
        )}
        {task.sandbox === 'none' && <span class="badge badge-warn">unsandboxed</span>}
      </span>
    </a>
  );
}

/** The last part of a path. */
export function folderName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** The state of a task, and why it is in it. */
export function stateOf({ state, reason, exit }: Task): string {
  const why =
    exit !== undefined && 'code' in exit && exit.code !== 0
      ? `exit ${exit.code}`
      : exit !== undefined && 'signal' in exit
        ? exit.signal
        : reason;
  return why === undefined || why === state ? state : `${state}, ${why}`;
}

function timeOf({ state, startedAt, endedAt, createdAt }: Task): string {
  if (isFinal(state)) return ago(endedAt ?? createdAt);
  return elapsed(startedAt ?? createdAt);
}
