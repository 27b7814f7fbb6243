import { padEnd, textWidth } from '@prefish/screen';

/** Something that help lists. */
export interface Row {
  readonly name: string;
  readonly summary: string;
  readonly example?: string | undefined;
}

/** Columns that a summary has beside the names; with fewer, it stands below. */
const narrowest = 20;
const indent = 2;

/** Rows with what they say beside their names, folded between words; in lines of at most `columns`. */
export function beside(rows: readonly Row[], columns: number = Infinity): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => textWidth(name)));
  const fits = columns - width - 2 * indent >= narrowest;
  const column = fits ? width + 2 * indent : 2 * indent;
  return rows.flatMap(({ name, summary, example }) => {
    if (summary === '') return [' '.repeat(indent) + name];
    const room = columns - column;
    const whole = example === undefined ? summary : `${summary} (${example})`;
    const told =
      example === undefined || textWidth(whole) <= room
        ? fold(whole, room)
        : [...fold(summary, room), ...fold(example, room)];
    const [first = '', ...rest] = fits ? told : ['', ...told];
    return [
      ' '.repeat(indent) + (first === '' ? name : `${padEnd(name, width)}  ${first}`),
      ...rest.map((line) => ' '.repeat(column) + line),
    ];
  });
}

/** A text in lines of at most `columns`, broken between words. */
export function fold(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
