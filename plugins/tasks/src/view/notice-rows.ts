import { sanitizeLabel, wrap, type Style } from '@prefish/screen';

/** What came of an action, whole, in rows of this width; none when there is nothing to say. */
export function noticeRows(notice: string, columns: number, style: Style): readonly string[] {
  if (notice === '') return [];
  return notice
    .split('\n')
    .flatMap((line) => wrap(sanitizeLabel(line), columns))
    .map(style.yellow);
}
