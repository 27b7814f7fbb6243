import { isFinal, type Task } from '@prefish/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AskingButton } from '../layout/asking-button.tsx';
import { CommandToCopy } from '../layout/command-to-copy.tsx';
import { BackIcon } from '../layout/icon.tsx';
import { onLink } from '../route.ts';
import { isFocusLost } from '../tasks/focus.ts';
import { StateMark } from '../tasks/state-mark.tsx';
import { awaitedOf, stateOf } from '../tasks/state-words.ts';
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
  const heading = useRef<HTMLHeadingElement>(null);
  // On a telephone the list is gone, and the row that was touched with it; what ends a task goes with its end.
  useEffect(() => {
    if (isFocusLost()) heading.current?.focus({ preventScroll: true });
  }, [task.id, final]);
  return (
    <header class="task-header">
      <div class="task-heading">
        <a class="back" href="/" onClick={onLink} aria-label="Back to the list">
          <BackIcon />
        </a>
        <h1 ref={heading} tabIndex={-1} title={visibleLabel(title, 2000)}>
          <StateMark state={state} /> <span>{visibleLabel(title)}</span>
        </h1>
        <Actions key={task.id} task={task} final={final} />
      </div>
      <dl class="facts">
        <Fact name="State">
          <span class={`pill state-${state}`}>
            {awaitedOf(task).length > 0 ? state : visibleLabel(stateOf(task))}
          </span>
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
          <Fact name="From" extra>
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
        <Fact name="Submitted" title={createdAt} extra>
          submitted {ago(createdAt)}
        </Fact>
        {usage?.tokens !== undefined && (
          <Fact name="Tokens" extra>
            {usage.tokens.toLocaleString('en')} tokens
          </Fact>
        )}
        {usage?.cost !== undefined && (
          <Fact name="Cost" extra>
            ${usage.cost.toFixed(2)}
          </Fact>
        )}
        {task.continues !== undefined && (
          <Fact name="Continues">
            goes on from <TaskLink id={task.continues} />
          </Fact>
        )}
        {after.length > 0 && (
          <Fact name="After">
            {awaitedOf(task).length > 0 ? 'waits for' : 'after'}{' '}
            {after.map((id) => (
              <TaskLink key={id} id={id} named={after.length === 1} />
            ))}
          </Fact>
        )}
        <Fact name="Sandbox" title="What contains it" extra={task.sandbox !== 'none'}>
          <span class={task.sandbox === 'none' ? 'badge badge-warn' : 'badge'}>
            {task.sandbox === 'none' ? 'unsandboxed' : `sandbox ${task.sandbox}`}
          </span>
        </Fact>
        <Fact name="Network" title="What it reaches" extra>
          <span class="badge">network {task.network}</span>
        </Fact>
      </dl>
      <TaskOptionsList task={task} />
      {task.result !== undefined && (
        <div class="outcome">
          <span class="outcome-words">
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

/** So long, in milliseconds, nothing can be clicked that stands where something else stood. */
const settling = 1000;

/** Whether what can be done has been the same for a while: a click was meant for what its user saw. */
function useSettled(final: boolean): boolean {
  const [settled, setSettled] = useState(final);
  useEffect(() => {
    if (settled === final) return undefined;
    const timer = setTimeout(() => setSettled(final), settling);
    return () => clearTimeout(timer);
  }, [final, settled]);
  return settled === final;
}

function Actions({ task, final }: { readonly task: Task; readonly final: boolean }): JSX.Element {
  const settled = useSettled(final);
  if (!final) {
    return (
      <div class="actions">
        <AskingButton
          key="cancel"
          verb="Cancel"
          what={`task ${task.number}`}
          title="End the task ( x )"
          onYes={() => cancelTask(task)}
        />
      </div>
    );
  }
  return (
    <div class="actions">
      <button disabled={!settled} onClick={() => void retryTask(task)} title="Run the line again ( r )">
        Retry
      </button>
      <AskingButton
        key="remove"
        verb="Remove"
        what={`task ${task.number}`}
        disabled={!settled}
        quiet
        onYes={() => removeTask(task)}
      />
    </div>
  );
}

/** Something known of a task. Its name is read out; it is drawn where the words do not say it. What is extra has no place on a telephone, but in the details. */
function Fact(props: {
  readonly name: string;
  readonly title?: string;
  readonly extra?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { name, title = name, extra = false, children } = props;
  return (
    <div class={extra ? 'fact fact-extra' : 'fact'}>
      <dt class="unseen">{name}</dt>
      <dd title={title}>{children}</dd>
    </div>
  );
}
