import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useVirtual } from '../layout/use-virtual.ts';
import { FilterBar } from './filter-bar.tsx';
import { counts, filter, search, shownTasks } from './filter.ts';
import { taskList } from './task-list.ts';
import { TaskRow } from './task-row.tsx';

/** How high a row is, in pixels; the style sheet says the same. */
const rowHeight = 60;

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
  const tasks = shownTasks.value;
  const virtual = useVirtual({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => tasks[index]!.id,
    overscan: 8,
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
  if (counts.value.all > 0) {
    const clear = (): void => {
      filter.value = 'all';
      search.value = '';
    };
    return (
      <p class="empty">
        No task is like that. <button onClick={clear}>Show all</button>
      </p>
    );
  }
  return (
    <div class="empty">
      <p>Nothing runs in the background yet.</p>
      <p>
        In a repository: <code>prefish -c '&amp; !npm test'</code>
      </p>
    </div>
  );
}
