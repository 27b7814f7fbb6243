import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { registerKeys } from '../layout/keys.ts';
import { useVirtual } from '../layout/use-virtual.ts';
import { FilterBar } from './filter-bar.tsx';
import { clearFilters, shownTasks } from './filter.ts';
import { isFocusLost } from './focus.ts';
import { taskList } from './task-list.ts';
import { TaskRow } from './task-row.tsx';

/** How high a row is, in pixels; the style sheet says the same. */
const rowHeight = 58;

/** The list of tasks, with what narrows it down. */
export function TasksView({
  current,
  title,
}: {
  /** The one that is open. */
  readonly current: string | undefined;
  /** Whether the list is what the page is about. */
  readonly title: boolean;
}): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | undefined>(undefined);
  const tasks = shownTasks.value;
  const virtual = useVirtual({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => tasks[index]!.id,
    overscan: 8,
  });
  // A row that was far away is there only once the list has scrolled.
  const focusWanted = (): void => {
    const row = scroller.current?.querySelector<HTMLElement>(`[aria-posinset="${wanted.current! + 1}"] > a`);
    if (row == null) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  };
  const goTo = (index: number): void => {
    wanted.current = index;
    virtual.scrollToIndex(index);
    focusWanted();
  };
  // Registered once: what a task that is opened later registers comes first.
  useLayoutEffect(
    () => registerKeys({ Home: () => goTo(0), End: () => goTo(shownTasks.value.length - 1) }),
    [virtual],
  );
  // Who comes back to the list goes on where they left it.
  const left = useRef(current);
  useEffect(() => {
    const index = tasks.findIndex((task) => isCurrent(task, left.current));
    left.current = current;
    if (title && index >= 0 && isFocusLost()) goTo(index);
  }, [current, title]);
  useLayoutEffect(() => {
    if (wanted.current !== undefined) focusWanted();
  });
  return (
    <section class="tasks" aria-label="Tasks">
      {title && <h1 class="unseen">Tasks</h1>}
      <FilterBar />
      <div class="tasks-scroller" ref={scroller} tabIndex={-1}>
        <ul class="rows" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => (
            <li
              key={key}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={tasks.length}
              aria-posinset={index + 1}
            >
              <TaskRow task={tasks[index]!} current={isCurrent(tasks[index]!, current)} />
            </li>
          ))}
        </ul>
        {tasks.length === 0 && <Empty />}
      </div>
    </section>
  );
}

function isCurrent({ id, number }: { id: string; number: number }, current: string | undefined): boolean {
  return current !== undefined && (id === current || String(number) === current);
}

function Empty(): JSX.Element {
  if (!taskList.complete.value) return <p class="empty">Loading…</p>;
  if (taskList.tasks.length > 0) {
    return (
      <div class="empty">
        <p>No task is like that.</p>
        <button onClick={clearFilters}>Show all</button>
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>Nothing runs in the background yet</h2>
      <p>In a repository, send a line with</p>
      <pre tabIndex={0}>prefish -c '&amp; !npm test'</pre>
      <p class="hint">
        What was submitted while this server could not be reached waits on the machine where it was typed:{' '}
        <code>prefish tasks</code> shows it there.
      </p>
    </div>
  );
}
