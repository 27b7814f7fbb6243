import type { FoundTask, TaskSource, TaskState } from '@prefish/core';

/** What the names of sections begin with that come first, in their order; what other plugins list comes after them. */
const wellKnown: readonly string[] = ['Remote sessions', 'Local sessions', 'Shells'];

/** What needs its user first, then what goes on, then what waits, then what is over. */
const ranks: Partial<Record<TaskState, number>> = {
  'input-required': 0,
  working: 1,
  submitted: 2,
  unknown: 2,
};
const over = 3;

/** Sources in the order of their sections. */
export function sourcesInOrder(sources: readonly TaskSource[]): readonly TaskSource[] {
  const rank = ({ title }: TaskSource): number => {
    const index = wellKnown.findIndex((known) => title === known || title.startsWith(`${known} `));
    return index === -1 ? wellKnown.length : index;
  };
  return sources.toSorted((one, other) => rank(one) - rank(other));
}

/**
 * The tasks of a section in order, as they came among those of the same rank: newest first. The siblings of one
 * line stand together, where the first of them does.
 */
export function tasksInOrder(tasks: readonly FoundTask[]): FoundTask[] {
  const byRank: readonly FoundTask[][] = [[], [], [], []];
  for (const found of tasks) byRank[ranks[found.task.state] ?? over]!.push(found);
  const ordered = byRank.flat();
  return ordered.some(({ task }) => task.group !== undefined) ? withSiblings(ordered) : ordered;
}

function withSiblings(tasks: readonly FoundTask[]): FoundTask[] {
  const groups = Map.groupBy(tasks, ({ task }) => task.group?.id);
  const placed = new Set<string>();
  return tasks.flatMap((found) => {
    const id = found.task.group?.id;
    if (id === undefined) return found;
    if (placed.has(id)) return [];
    placed.add(id);
    return groups
      .get(id)!
      .toSorted(
        ({ task: one }, { task: other }) =>
          one.group!.index - other.group!.index || one.number - other.number,
      );
  });
}
