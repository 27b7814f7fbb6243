import { isFinal, type Task, type TaskGroup } from '@prefish/protocol';
import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { StateMark } from '../tasks/state-mark.tsx';
import { taskList } from '../tasks/task-list.ts';
import { folderName, stateOf } from '../tasks/task-row.tsx';
import { ago, elapsed } from '../text/elapsed.ts';
import { visible, visibleLabel } from '../text/visible.ts';
import { cancelTask, copy, removeTask, retryTask } from './actions.ts';

/** What a task is, how it is, and what can be done with it. */
export function TaskHeader({
  task,
  usage,
}: {
  readonly task: Task;
  readonly usage: { readonly tokens?: number; readonly cost?: number } | undefined;
}): JSX.Element {
  const { id, number, state, line, title, createdAt, startedAt, endedAt, root, base, attempt } = task;
  const final = isFinal(state);
  return (
    <header class="task-header">
      <div class="task-heading">
        <a class="back" href="/" onClick={onLink} aria-label="Back to the list">
          ←
        </a>
        <h1>
          <StateMark state={state} /> <span>{visibleLabel(title)}</span>
        </h1>
        <div class="actions">
          {!final && (
            <button class="danger" onClick={() => void cancelTask(task)} title="End the task ( x )">
              Cancel
            </button>
          )}
          {final && (
            <button onClick={() => void retryTask(task)} title="Run the line again ( r )">
              Retry
            </button>
          )}
          {final && (
            <button onClick={() => void removeTask(task)} title="Forget the task">
              Remove
            </button>
          )}
        </div>
      </div>
      <dl class="facts">
        <Fact name="State" value={stateOf(task)} className={`state state-${state}`} />
        <Fact name="Task" value={`#${number}`} title={id} />
        {task.group !== undefined && <Siblings task={task} group={task.group} />}
        {attempt > 1 && <Fact name="Attempt" value={String(attempt)} />}
        {startedAt !== undefined && <Fact name="Took" value={elapsed(startedAt, endedAt)} />}
        <Fact name="Submitted" value={ago(createdAt)} title={createdAt} />
        {root !== undefined && (
          <Fact name="Repository" value={visibleLabel(folderName(root))} title={visible(root)} />
        )}
        {base?.commit != null && (
          <Fact name="From" value={`${visibleLabel(base.branch ?? 'detached')}@${base.commit.slice(0, 7)}`} />
        )}
        {usage?.tokens !== undefined && <Fact name="Tokens" value={usage.tokens.toLocaleString('en')} />}
        {usage?.cost !== undefined && <Fact name="Cost" value={`$${usage.cost.toFixed(2)}`} />}
        <Mark
          name="Sandbox"
          value={task.sandbox === 'none' ? 'unsandboxed' : task.sandbox}
          warn={task.sandbox === 'none'}
        />
        <Mark name="Network" value={task.network} warn={false} />
      </dl>
      {line !== title && (
        <pre class="line-of-task" tabIndex={0} aria-label="The line">
          {visible(line)}
        </pre>
      )}
      {task.result !== undefined && <ApplyCommand number={number} />}
    </header>
  );
}

function Fact(props: {
  readonly name: string;
  readonly value: string;
  readonly title?: string;
  readonly className?: string;
}): JSX.Element {
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd class={props.className} title={props.title}>
        {props.value}
      </dd>
    </div>
  );
}

function Mark(props: { readonly name: string; readonly value: string; readonly warn: boolean }): JSX.Element {
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd>
        <span class={props.warn ? 'badge badge-warn' : 'badge'}>{props.value}</span>
      </dd>
    </div>
  );
}

/** The tasks that run the same line, to be compared. */
function Siblings({ task, group }: { readonly task: Task; readonly group: TaskGroup }): JSX.Element {
  void taskList.version.value;
  const siblings = taskList.tasks
    .filter((other) => other.group?.id === group.id)
    .sort((one, other) => one.group!.index - other.group!.index);
  return (
    <div class="fact">
      <dt>Attempts</dt>
      <dd class="siblings">
        {siblings.map(({ id, state, group: place }) => (
          <a
            key={id}
            href={taskPath(id)}
            onClick={onLink}
            title={state}
            {...(id === task.id && { 'aria-current': 'page' })}
          >
            {place!.index}
          </a>
        ))}
      </dd>
    </div>
  );
}

/** The work tree is on the user's side: applying is for the terminal. */
function ApplyCommand({ number }: { readonly number: number }): JSX.Element {
  const command = `prefish tasks apply ${number}`;
  return (
    <p class="apply">
      <code>{command}</code>
      <button onClick={() => void copy(command)}>Copy</button>
    </p>
  );
}
