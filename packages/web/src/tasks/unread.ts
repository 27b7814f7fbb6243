import { isFinal, type Task } from '@prefish/protocol';
import { signal } from '@preact/signals';
import { taskList } from './task-list.ts';

/** Where the latest end of a task is kept that was there when somebody looked at the page, by the server's clock. */
const key = 'prefish.looked';
/** What had ended by then is no news; to who looks for the first time, nothing is. */
const since = signal(localStorage.getItem(key) ?? undefined);
/** The tasks that were opened after their end. */
const opened = signal<ReadonlySet<string>>(new Set());

/** Whether a task has ended since somebody last looked at the page, and has not been opened. */
export function isUnread({ id, state, endedAt = '' }: Task): boolean {
  return isFinal(state) && since.value !== undefined && endedAt > since.value && !opened.value.has(id);
}

/** Notes that a task is looked at; one that goes on is not read to its end. */
export function markRead({ id, state }: Task): void {
  if (isFinal(state) && !opened.peek().has(id)) opened.value = new Set([...opened.peek(), id]);
}

/** Notes when the page is left what is no news when it is looked at again, until `until` is aborted. */
export function followLooks(until: AbortSignal): void {
  const leave = (): void => {
    if (!document.hidden || !taskList.complete.peek()) return;
    const ends = taskList.tasks.map(({ endedAt = '' }) => endedAt);
    since.value = ends.reduce((latest, end) => (end > latest ? end : latest), '');
    localStorage.setItem(key, since.value);
    opened.value = new Set();
  };
  document.addEventListener('visibilitychange', leave, { signal: until });
  // Whoever signs in next may be somebody else.
  until.addEventListener('abort', () => localStorage.removeItem(key), { once: true });
}
