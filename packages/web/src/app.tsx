import type { Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Account } from './account/account.tsx';
import { SignIn } from './account/sign-in.tsx';
import { Ask, asked } from './layout/ask.tsx';
import { Away, howToReturn } from './layout/away.tsx';
import { Help } from './layout/help.tsx';
import { registerKeys } from './layout/keys.ts';
import { scrollByLines, scrollByPage } from './layout/scrolling.ts';
import { Notice } from './layout/notice.tsx';
import { navigate, onLink, route } from './route.ts';
import { online, signedIn } from './server/connection.ts';
import { outdated } from './server/page-version.ts';
import { askToCancel, askToRemove, retryTask } from './task/actions.ts';
import { notice } from './task/attempt.ts';
import { loadPrefixes } from './task/takes-messages.ts';
import { TaskView } from './task/task-view.tsx';
import { going } from './tasks/filter.ts';
import { focusedTask, moveFocus } from './tasks/focus.ts';
import { stateName } from './tasks/state-words.ts';
import { findTask, taskList } from './tasks/task-list.ts';
import { TasksView } from './tasks/tasks-view.tsx';
import { followLooks } from './tasks/unread.ts';
import { visibleLabel } from './text/visible.ts';

/** The whole page. */
export function App(): JSX.Element {
  if (signedIn.value === undefined) {
    return <main>{online.value ? <p class="empty">Loading…</p> : <Away />}</main>;
  }
  return signedIn.value ? <Inside /> : <SignIn />;
}

function Inside(): JSX.Element {
  const [help, setHelp] = useState(false);
  const here = route.value;
  const open = here.view === 'task' ? here.id : undefined;
  useEffect(() => {
    const until = new AbortController();
    void taskList.follow(until.signal);
    followLooks(until.signal);
    void loadPrefixes();
    return () => {
      until.abort();
      taskList.forget();
      notice.value = undefined;
      asked.value = undefined;
    };
  }, []);
  useEffect(
    () =>
      registerKeys({
        j: () => moveFocus(1),
        k: () => moveFocus(-1),
        ArrowDown: () => moveByArrow(1),
        ArrowUp: () => moveByArrow(-1),
        PageDown: () => scrollByPage(1),
        PageUp: () => scrollByPage(-1),
        x: () => withFocused(askToCancel),
        r: () => withFocused(retryTask),
        D: () => withFocused(askToRemove),
        '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
        '?': () => setHelp(true),
        Escape: () => (route.value.view === 'account' ? navigate('/') : moveFocus(0)),
      }),
    [],
  );
  useTitle(open);
  return (
    <div class={`page view-${here.view}`}>
      <nav class="top" aria-label="prefish">
        <a class="brand" href="/" onClick={onLink}>
          prefish
        </a>
        <span role="status">
          {!online.value && (
            <span class="banner offline" title={howToReturn}>
              The server does not answer. Trying again…
            </span>
          )}
          {outdated.value && (
            <span class="banner">
              The server has a newer page. <button onClick={() => location.reload()}>Reload</button>
            </span>
          )}
        </span>
        <button class="quiet help-button" onClick={() => setHelp(true)} aria-label="Keys" title="Keys ( ? )">
          ?
        </button>
        <a
          class="quiet"
          href="/account"
          onClick={onLink}
          {...(here.view === 'account' && { 'aria-current': 'page' })}
        >
          Account
        </a>
      </nav>
      <main class="panes">
        <TasksView current={open} title={here.view === 'tasks'} />
        {here.view !== 'tasks' && (
          <div class="detail">
            {here.view === 'task' ? <TaskView key={here.id} id={here.id} tab={here.tab} /> : <Account />}
          </div>
        )}
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
      <Ask />
      <Notice />
    </div>
  );
}

/** Goes through the list where that is what the page is about, or has the focus. */
function moveByArrow(step: 1 | -1): unknown {
  const inList = route.value.view === 'tasks' || focusedTask() !== undefined;
  return inList ? moveFocus(step) : scrollByLines(step);
}

function withFocused(act: (task: Task) => unknown): void {
  const task = taskList.get(focusedTask() ?? '');
  if (task !== undefined) act(task);
}

/** The tab of a browser names the task and its state; that of the list how many go on, and whether one asks. */
function useTitle(open: string | undefined): void {
  void taskList.version.value;
  const { active, asking } = going.value;
  const task = open === undefined ? undefined : findTask(open);
  const title =
    task === undefined
      ? `${asking > 0 ? '? ' : ''}prefish${active > 0 ? ` (${active})` : ''}`
      : `#${task.number} ${stateName(task.state)}: ${visibleLabel(task.title, 60)}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
