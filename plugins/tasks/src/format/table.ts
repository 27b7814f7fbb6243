import type { RunContext, Task } from '@prefish/core';
import { createStyle, padEnd, sanitizeLabel, textWidth, truncate } from '@prefish/screen';
import {
  colorOfState,
  containment,
  elapsed,
  referenceTo,
  shortId,
  stateWords,
  titleWords,
} from './task-status.ts';

/** How text for people is made. */
export interface Formatting {
  readonly color: boolean;
  /** The time now, in milliseconds since the epoch. */
  readonly now: number;
  /** The width of the terminal; rows are not cut without one. */
  readonly columns?: number;
}

/** How text is made for whoever reads the answer to a line. */
export function formattingFor({ terminal, color }: RunContext): Formatting {
  return {
    color: color ?? false,
    now: Date.now(),
    ...(terminal === undefined ? {} : { columns: terminal.columns }),
  };
}

/** On a screen the state takes no more than this, or a quarter of the row: the title is wanted too. */
const leastState = 22;
/** Nor more than this where nothing is cut for a screen. */
const mostState = 60;

/** On a screen narrower than this an id is cut to a beginning that can be typed for it. */
const roomForIds = 80;
/** The place of tasks that need not name it: as every source of this machine calls it. */
const here = 'this machine';

/** One row for each task, under a heading. Behind the title of one that runs elsewhere stands where. */
export function taskTable(tasks: readonly Task[], { color, now, columns }: Formatting): string {
  const style = createStyle(color);
  const heading = ['#', 'ID', 'STATE', 'TIME', 'TITLE'];
  const idLength = columns !== undefined && columns < roomForIds ? shortId : Infinity;
  const rows = tasks.map((task) => [
    task.number > 0 ? String(task.number) : '',
    sanitizeLabel(task.id).slice(0, idLength),
    truncate(shortState(task), columns === undefined ? mostState : Math.max(leastState, columns >> 2)),
    elapsed(task, now),
    containedTitle(task) + (task.place === here ? '' : ` · ${sanitizeLabel(task.place)}`),
  ]);
  const widths = heading.map((word, column) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[column]!)), textWidth(word)),
  );
  const line = (row: readonly string[], paint: (cell: string, column: number) => string): string =>
    row
      .map((cell, column) => paint(column === row.length - 1 ? cell : padEnd(cell, widths[column]!), column))
      .join('  ');
  const cut = (row: string): string => (columns === undefined ? row : truncate(row, columns));
  return [
    line(heading, style.dim),
    ...rows.map((row, index) =>
      cut(
        line(row, (cell, column) => (column === 2 ? colorOfState(tasks[index]!.state, style)(cell) : cell)),
      ),
    ),
  ].join('\n');
}

/** The state in words. Why a line was not sent yet is said once of all, and by `show`. */
function shortState(task: Task): string {
  const [what] = task.reason?.split(': ', 1) ?? [];
  return stateWords(task.state === 'submitted' && what !== undefined ? { ...task, reason: what } : task);
}

/** One task in one line: `3 completed 0:07  npm test`. */
export function taskLine(task: Task, { color, now }: Formatting): string {
  const state = colorOfState(task.state, createStyle(color))(stateWords(task));
  return `${referenceTo(task)} ${[state, elapsed(task, now)].filter((word) => word !== '').join(' ')}  ${containedTitle(task)}`;
}

function containedTitle(task: Task): string {
  const contained = containment(task);
  return titleWords(task) + (contained === '' ? '' : `  (${contained})`);
}
