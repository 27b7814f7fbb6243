import type { FoundTask, Task } from '@prefish/core';

/** Among so many of the newest tasks a task's siblings are looked for: they were submitted together with it. */
const mostPages = 5;

/** The other tasks of a line that was sent with `--attempts`, in their order; as many of them as are found. */
export async function siblingsOf({ task, source }: FoundTask, signal: AbortSignal): Promise<readonly Task[]> {
  const { group } = task;
  if (group === undefined) return [];
  const siblings: Task[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { limit: 200, ...(cursor !== undefined && { cursor }) };
    const { tasks, next } = await source.list(query, signal);
    siblings.push(...tasks.filter((one) => one.group?.id === group.id && one.id !== task.id));
    const isBefore = tasks.some(({ createdAt }) => createdAt < task.createdAt);
    if (next === undefined || (isBefore && siblings.length >= group.of - 1)) break;
    cursor = next;
  }
  return siblings.toSorted((one, other) => one.group!.index - other.group!.index);
}
