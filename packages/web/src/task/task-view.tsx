import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { DiffView } from '../diff/diff-view.tsx';
import { Away } from '../layout/away.tsx';
import { registerKeys } from '../layout/keys.ts';
import { scrollByPixels, scrollToEnd } from '../layout/scrolling.ts';
import { navigate, onLink, type Tab, taskPath } from '../route.ts';
import { online } from '../server/connection.ts';
import { shownTasks } from '../tasks/filter.ts';
import { stateName } from '../tasks/state-words.ts';
import { markRead } from '../tasks/unread.ts';
import { visible } from '../text/visible.ts';
import { TranscriptView } from '../transcript/transcript-view.tsx';
import { useTranscript } from '../transcript/use-transcript.ts';
import { askToCancel, askToRemove, retryTask } from './actions.ts';
import { AttemptsView } from './attempts-view.tsx';
import { TaskHeader } from './task-header.tsx';
import { MessageBox } from './message-box.tsx';
import { isPlain, takesMessages } from './takes-messages.ts';

/** A task: what it says, what it changes, and what can be done about it. */
export function TaskView({ id, tab }: { readonly id: string; readonly tab: Tab }): JSX.Element {
  const { task: current, transcript, problem } = useTranscript(id);
  const setTab = (to: Tab): void => navigate(taskPath(id, to));
  const [finding, setFinding] = useState(false);
  const task = current.value;
  useEffect(() => {
    if (task !== undefined) markRead(task);
  }, [task]);
  useLayoutEffect(
    () =>
      registerKeys({
        x: () => task !== undefined && askToCancel(task),
        r: () => task !== undefined && retryTask(task),
        D: () => task !== undefined && askToRemove(task),
        n: () => task !== undefined && goToNeighbour(task, 1),
        p: () => task !== undefined && goToNeighbour(task, -1),
        m: () => document.querySelector<HTMLElement>('.message-box textarea')?.focus(),
        ...answerKeys,
        d: () => setTab(tab === 'changes' ? 'transcript' : 'changes'),
        '/': () => {
          setTab('transcript');
          setFinding(true);
          document.querySelector<HTMLInputElement>('.find-bar input')?.select();
        },
        j: () => scrollByPixels(60),
        k: () => scrollByPixels(-60),
        Escape: () => (finding ? setFinding(false) : navigate('/')),
        ...(tab !== 'transcript' && { Home: () => scrollToEnd('first'), End: () => scrollToEnd('last') }),
      }),
    [task, tab, finding],
  );
  if (problem.value !== undefined) return <NoTask problem={problem.value} />;
  if (task === undefined) return online.value ? <p class="empty">Loading…</p> : <Away />;
  const live = !isFinal(task.state);
  return (
    <article class="task" aria-label={`Task ${task.number}`} data-state={task.state}>
      <TaskHeader task={task} usage={transcript.usage.value} />
      <div class="tabs">
        <div role="tablist" aria-label="What to see of it" onKeyDown={onTabKey}>
          <TabButton name="transcript" shown={tab} onShow={setTab}>
            Transcript
          </TabButton>
          <TabButton name="changes" shown={tab} onShow={setTab}>
            {task.result === undefined ? 'Changes' : `Changes (${task.result.files})`}
          </TabButton>
          {task.group !== undefined && (
            <TabButton name="attempts" shown={tab} onShow={setTab}>
              {`Attempts (${task.group.of})`}
            </TabButton>
          )}
        </div>
        <span class="tab-tools">
          {tab === 'transcript' && (
            <button
              class="quiet"
              onClick={() => setFinding(!finding)}
              aria-pressed={finding}
              title="Find ( / )"
            >
              Find
            </button>
          )}
          <a class="quiet" href={`/v1/tasks/${task.id}/log`} download>
            Raw log
          </a>
        </span>
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        {tab === 'changes' ? (
          <DiffView task={task} />
        ) : tab === 'attempts' ? (
          <AttemptsView task={task} />
        ) : (
          <TranscriptView
            transcript={transcript}
            task={task.id}
            live={live}
            asks={task.state === 'input-required'}
            finding={finding}
            onFound={() => setFinding(false)}
          />
        )}
      </div>
      {(live ? takesMessages(task.line) : isPlain(task.line)) && (
        <MessageBox task={task} transcript={transcript} />
      )}
      <Announcer task={task} />
    </article>
  );
}

function NoTask({ problem }: { readonly problem: string }): JSX.Element {
  return (
    <div class="empty">
      <h1>There is no such task</h1>
      <p>{visible(problem)}</p>
      <p>
        <a href="/" onClick={onLink}>
          All tasks
        </a>
      </p>
    </div>
  );
}

function TabButton(props: {
  readonly name: Tab;
  readonly shown: Tab;
  readonly onShow: (tab: Tab) => void;
  readonly children: string;
}): JSX.Element {
  const { name, shown, onShow, children } = props;
  return (
    <button
      role="tab"
      id={`tab-${name}`}
      aria-controls="tab-panel"
      aria-selected={name === shown}
      tabIndex={name === shown ? 0 : -1}
      onClick={() => onShow(name)}
    >
      {children}
    </button>
  );
}

/** The arrows go from tab to tab: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
function onTabKey(event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return;
  const tabs = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role="tab"]')];
  const at = tabs.indexOf(event.target as HTMLElement);
  const next = tabs[(at + step + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}

/** Says how the task goes on to those who do not see it. */
function Announcer({ task }: { readonly task: Task }): JSX.Element {
  return (
    <p class="unseen" role="status">
      Task {task.number}: {stateName(task.state)}
    </p>
  );
}

/** The task below or above in the list. */
function goToNeighbour({ id }: Task, step: 1 | -1): void {
  const tasks = shownTasks.value;
  const at = tasks.findIndex((task) => task.id === id);
  const next = at < 0 ? tasks[0] : tasks[at + step];
  if (next !== undefined) navigate(taskPath(next.id));
}

/** The digits choose among the answers of the question that is asked, in their order. */
const answerKeys = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [
    String(index + 1),
    () => document.querySelectorAll<HTMLElement>('.question-open .choices button')[index]?.click(),
  ]),
);
