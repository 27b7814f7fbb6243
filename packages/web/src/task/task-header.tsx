import { isFinal, type Task } from '@prefish/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { CommandToCopy } from '../layout/command-to-copy.tsx';
import { BackIcon } from '../layout/icon.tsx';
import { onLink } from '../route.ts';
import { StateMark } from '../tasks/state-mark.tsx';
import { stateOf } from '../tasks/state-words.ts';
import { folderName } from '../tasks/task-row.tsx';
import { ago, elapsed } from '../text/elapsed.ts';
import { visible, visibleLabel } from '../text/visible.ts';
import { cancelTask, removeTask, retryTask } from './actions.ts';
import { KeptFiles } from './kept-files.tsx';
import { TaskLink } from './task-link.tsx';
import { TaskOptionsList } from './task-options-list.tsx';

/** What a task is, how it is, and what can be done with it. */
export function TaskHeader({
  task,
  usage,
}: {
  readonly task: Task;
  readonly usage: { readonly tokens?: number; readonly cost?: number } | undefined;
}): JSX.Element {
  const { number, state, title, createdAt, startedAt, endedAt, root, base, attempt, after = [] } = task;
  const final = isFinal(state);
  return (
    <header class="task-header">
      <div class="task-heading">
        <a class="back" href="/" onClick={onLink} aria-label="Back to the list">
          <BackIcon />
        </a>
        <h1 title={visibleLabel(title, 2000)}>
          <StateMark state={state} /> <span>{visibleLabel(title)}</span>
        </h1>
        <Actions task={task} final={final} />
      </div>
      <dl class="facts">
        <Fact name="State">
          <span class={`pill state-${state}`}>{visibleLabel(stateOf(task))}</span>
        </Fact>
        <Fact name="Task" title={task.id}>
          #{number}
        </Fact>
        {attempt > 1 && <Fact name="Run">run {attempt}</Fact>}
        {root !== undefined && (
          <Fact name="Repository" title={visible(root)}>
            {visibleLabel(folderName(root))}
          </Fact>
        )}
        {base?.commit != null && (
          <Fact name="From">
            <span class="commit">
              {visibleLabel(base.branch ?? 'detached')}@{base.commit.slice(0, 7)}
            </span>
          </Fact>
        )}
        {startedAt !== undefined && (
          <Fact name="Took">
            {final ? 'took' : 'runs for'} {elapsed(startedAt, endedAt)}
          </Fact>
        )}
        <Fact name="Submitted" title={createdAt}>
          submitted {ago(createdAt)}
        </Fact>
        {usage?.tokens !== undefined && <Fact name="Tokens">{usage.tokens.toLocaleString('en')} tokens</Fact>}
        {usage?.cost !== undefined && <Fact name="Cost">${usage.cost.toFixed(2)}</Fact>}
        {task.continues !== undefined && (
          <Fact name="Continues">
            goes on from <TaskLink id={task.continues} />
          </Fact>
        )}
        {after.length > 0 && (
          <Fact name="After">
            after{' '}
            {after.map((id) => (
              <TaskLink key={id} id={id} />
            ))}
          </Fact>
        )}
        <Fact name="Sandbox" title="What contains it">
          <span class={task.sandbox === 'none' ? 'badge badge-warn' : 'badge'}>
            {task.sandbox === 'none' ? 'unsandboxed' : `sandbox ${task.sandbox}`}
          </span>
        </Fact>
        <Fact name="Network" title="What it reaches">
          <span class="badge">network {task.network}</span>
        </Fact>
      </dl>
      <TaskOptionsList task={task} />
      {task.result !== undefined && (
        <div class="outcome">
          <span>
            Bring these changes home
            {root !== undefined && (
              <>
                , in <code>{visibleLabel(root)}</code>
              </>
            )}
            :
          </span>
          <CommandToCopy command={`prefish tasks apply ${number}`} />
        </div>
      )}
      {final && <KeptFiles task={task} />}
    </header>
  );
}

function Actions({ task, final }: { readonly task: Task; readonly final: boolean }): JSX.Element {
  if (!final) {
    return (
      <div class="actions">
        <button class="danger" onClick={() => void cancelTask(task)} title="End the task ( x )">
          Cancel
        </button>
      </div>
    );
  }
  return (
    <div class="actions">
      <button onClick={() => void retryTask(task)} title="Run the line again ( r )">
        Retry
      </button>
      <button class="quiet" onClick={() => void removeTask(task)} title="Forget the task">
        Remove
      </button>
    </div>
  );
}

/** Something known of a task. Its name is read out; it is drawn where the words do not say it. */
function Fact(props: {
  readonly name: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { name, title = name, children } = props;
  return (
    <div class="fact">
      <dt class="unseen">{name}</dt>
      <dd title={title}>{children}</dd>
    </div>
  );
}
