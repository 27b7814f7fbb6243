import type { FoundTask, Task } from '@prefish/core';

/** Among so many of the newest tasks a task's siblings are looked for. */
const [mostPages, pageLength] = [5, 200];
/** How long after the first of its siblings the last one may come, in milliseconds: they are sent together. */
const longestSending = 600_000;

/**
 * The other tasks of a line that was sent with `--attempts`, in their order, and those that repeat one; as many of them
 * as are found: what cannot be listed is left out.
 */
export async function siblingsOf(found: FoundTask, signal: AbortSignal): Promise<readonly Task[]> {
  if (found.task.group === undefined) return [];
  const siblings: Task[] = [];
  try {
    for await (const sibling of lookFor(found, signal)) siblings.push(sibling);
  } catch {
    signal.throwIfAborted();
  }
  return siblings.toSorted((one, other) => one.group!.index - other.group!.index);
}

async function* lookFor({ task, source }: FoundTask, signal: AbortSignal): AsyncGenerator<Task> {
  const { id, of } = task.group!;
  const missing = new Set(Array.from({ length: of }, (_, at) => at + 1));
  const found = ({ group, repeats }: Task): void => {
    if (repeats === undefined) missing.delete(group!.index);
  };
  found(task);
  // One that repeats another came later than the siblings of that.
  const first = task.repeats === undefined ? task : await source.get(id, signal);
  const since = first === undefined ? -Infinity : Date.parse(first.createdAt) - longestSending;
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { limit: pageLength, ...(cursor !== undefined && { cursor }) };
    const { tasks, next } = await source.list(query, signal);
    for (const one of tasks) {
      if (one.group?.id !== id || one.id === task.id) continue;
      found(one);
      yield one;
    }
    const oldest = tasks.at(-1);
    // What repeats one is newer than that, and has been seen.
    if (missing.size === 0 || next === undefined) return;
    if (oldest !== undefined && Date.parse(oldest.createdAt) < since) return;
    cursor = next;
  }
}
