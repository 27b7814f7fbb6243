import type { Task } from '@prefish/core';
import { sanitizeLabel, wrap, type Style } from '@prefish/screen';

/** What came of an action, or why there was none. */
export interface Notice {
  readonly text: string;
  readonly kind: 'done' | 'refused' | 'quiet';
  /** How many rows of the terminal what was printed with it takes, which stands above the list: it stays in sight. */
  readonly printed?: number;
  /** The task that it has started. */
  readonly about?: Task;
}

/** What came of an action, whole, in rows of this width; none when there is nothing to say. */
export function noticeRows(notice: Notice | undefined, columns: number, style: Style): readonly string[] {
  if (notice === undefined || notice.text === '') return [];
  const paint = { done: style.green, refused: style.red, quiet: style.dim }[notice.kind];
  return notice.text.split('\n').flatMap((line) => wrap(sanitizeLabel(line), columns).map(paint));
}
