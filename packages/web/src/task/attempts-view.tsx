import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DiffView } from '../diff/diff-view.tsx';
import { CommandToCopy } from '../layout/command-to-copy.tsx';
import { onLink, taskPath } from '../route.ts';
import { StateMark } from '../tasks/state-mark.tsx';
import { stateOf } from '../tasks/state-words.ts';
import { taskList } from '../tasks/task-list.ts';
import { elapsed } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';

/** The tasks that run the same line on the same snapshot, to be compared, and one to be taken. */
export function AttemptsView({ task }: { readonly task: Task }): JSX.Element {
  void taskList.version.value;
  const siblings = taskList.tasks
    .filter(({ group }) => group !== undefined && group.id === task.group?.id)
    .sort((one, other) => one.group!.index - other.group!.index || one.number - other.number);
  return (
    <div class="attempts" tabIndex={0} role="region" aria-label="Attempts">
      {siblings.map((sibling) => (
        <Attempt key={sibling.id} task={sibling} current={sibling.id === task.id} />
      ))}
    </div>
  );
}

function Attempt({ task, current }: { readonly task: Task; readonly current: boolean }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { id, number, group, repeats, state, startedAt, endedAt, result } = task;
  const name = `Attempt ${group!.index} of ${group!.of}${repeats === undefined ? '' : ', again'}`;
  return (
    <section class="attempt" aria-label={name}>
      <div class="attempt-head">
        <h2>
          <StateMark state={state} />
          <a href={taskPath(id)} onClick={onLink} {...(current && { 'aria-current': 'page' })}>
            {name}
          </a>
          {current && <span class="badge">this one</span>}
        </h2>
        <small>
          #{number} · {visibleLabel(stateOf(task))}
          {startedAt !== undefined && ` · ${elapsed(startedAt, endedAt)}`}
        </small>
        {result !== undefined ? (
          <span class="counts">
            {result.files} {result.files === 1 ? 'file' : 'files'} <ins>+{result.insertions}</ins>{' '}
            <del>−{result.deletions}</del>
          </span>
        ) : (
          isFinal(state) && (
            <small>{task.reason === 'worker-lost' ? 'what it changed was lost' : 'changed nothing'}</small>
          )
        )}
        <button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide changes' : 'Show changes'}
        </button>
        {result !== undefined && <CommandToCopy command={`prefish tasks apply ${number}`} />}
      </div>
      {open && <DiffView task={task} />}
    </section>
  );
}
