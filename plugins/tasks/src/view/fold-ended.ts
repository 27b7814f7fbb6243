import type { FoundTask } from '@prefish/core';
import { isActive } from '../format/task-status.ts';
import type { Section } from './list-model.ts';

/**
 * What asks and what runs is to be seen at once. Where it would stand below the last of `room` rows, for what has
 * ended in the sections before, these show as many of those as there is room for, each the same number, and say how
 * many more they have. One that is selected stays.
 */
export function foldEnded(
  sections: readonly Section[],
  room: number,
  selected: FoundTask | undefined,
): readonly Section[] {
  const live = sections.map(({ tasks }) => tasks.findLastIndex(({ task }) => isActive(task)) + 1);
  const last = live.findLastIndex((count) => count > 0);
  const rowsOf = ({ error }: Section, tasks: number): number => 1 + tasks + (error === undefined ? 0 : 1);
  const before = sections.slice(0, Math.max(0, last));
  const needed = before.reduce((rows, section) => rows + rowsOf(section, section.tasks.length), 0);
  if (before.length === 0 || needed + rowsOf(sections[last]!, live[last]!) <= room) return sections;
  const folding = before.filter(({ tasks }, index) => tasks.length > live[index]!).length;
  const least = sections
    .slice(0, last + 1)
    .reduce((rows, section, index) => rows + rowsOf(section, live[index]!), folding);
  const share = Math.max(0, Math.floor((room - least) / folding));
  return sections.map((section, index) =>
    index < last ? folded(section, live[index]! + share, selected) : section,
  );
}

function folded(section: Section, shown: number, selected: FoundTask | undefined): Section {
  const { tasks } = section;
  if (tasks.length <= shown) return section;
  const head = tasks.slice(0, shown);
  const at =
    selected === undefined
      ? -1
      : tasks.findIndex(
          ({ task, source }) => task.id === selected.task.id && source.id === selected.source.id,
        );
  if (at >= shown) head.push(tasks[at]!);
  return { ...section, tasks: head, folded: tasks.length - head.length };
}
