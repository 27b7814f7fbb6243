import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Account } from './account/account.tsx';
import { SignIn } from './account/sign-in.tsx';
import { Away, howToReturn } from './layout/away.tsx';
import { Help } from './layout/help.tsx';
import { registerKeys } from './layout/keys.ts';
import { Notice } from './layout/notice.tsx';
import { navigate, onLink, route } from './route.ts';
import { online, signedIn } from './server/connection.ts';
import { outdated } from './server/page-version.ts';
import { cancelTask, retryTask } from './task/actions.ts';
import { notice } from './task/attempt.ts';
import { loadPrefixes } from './task/takes-messages.ts';
import { TaskView } from './task/task-view.tsx';
import { counts } from './tasks/filter.ts';
import { focusedTask, moveFocus } from './tasks/focus.ts';
import { taskList } from './tasks/task-list.ts';
import { TasksView } from './tasks/tasks-view.tsx';

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
    void loadPrefixes();
    return () => {
      until.abort();
      taskList.forget();
      notice.value = undefined;
    };
  }, []);
  useEffect(
    () =>
      registerKeys({
        j: () => moveFocus(1),
        k: () => moveFocus(-1),
        ArrowDown: () => moveFocus(1),
        ArrowUp: () => moveFocus(-1),
        x: () => withFocused(cancelTask),
        r: () => withFocused(retryTask),
        '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
        '?': () => setHelp(true),
        Escape: () => (route.value.view === 'account' ? navigate('/') : moveFocus(0)),
      }),
    [],
  );
  useTitle();
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
        <button class="quiet" onClick={() => setHelp(true)} aria-label="Keys" title="Keys ( ? )">
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
      <Notice />
    </div>
  );
}

function withFocused(act: typeof cancelTask): void {
  const task = taskList.get(focusedTask() ?? '');
  if (task !== undefined) void act(task);
}

/** The tab says how many tasks run, and whether one asks. */
function useTitle(): void {
  const { active, asking } = counts.value;
  useEffect(() => {
    document.title = `${asking > 0 ? '? ' : ''}prefish${active > 0 ? ` (${active})` : ''}`;
  }, [active, asking]);
}
