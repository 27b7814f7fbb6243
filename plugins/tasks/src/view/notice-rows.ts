import { sanitizeLabel, wrap, type Style } from '@prefish/screen';

/** What came of an action. */
export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

/** What came of an action, whole, in rows of this width; none when there is nothing to say. */
export function noticeRows(notice: Notice | undefined, columns: number, style: Style): readonly string[] {
  if (notice === undefined || notice.text === '') return [];
  return notice.text
    .split('\n')
    .flatMap((line) => wrap(sanitizeLabel(line), columns))
    .map(notice.isError ? style.red : style.green);
}
