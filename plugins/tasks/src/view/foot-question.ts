import {
  sanitizeLabel,
  textWidth,
  truncate,
  wrap,
  type Cursor,
  type KeyPress,
  type Style,
} from '@prefish/screen';
import { closes } from './screen.ts';
import { TextEntry } from './text-entry.ts';

/** Rows, and where in them the cursor stands. */
export interface Drawing {
  readonly rows: readonly string[];
  /** Hidden without one. */
  readonly cursor?: Cursor;
}

/** What a key has done to a question: it stays open, it was dropped, or this is the answer. */
export type Answered = 'open' | 'dropped' | { readonly answer: string };

/** What is asked in the rows at the foot of a screen, which shows the task all the while. */
export interface FootQuestion {
  /** At most `rows` of them, none wider than `columns`. */
  draw(size: { readonly columns: number; readonly rows: number }, style: Style): Drawing;
  press(key: KeyPress): Answered;
}

/** Asks for words: Enter sends them, Esc drops the question. */
export function askText(message: string): FootQuestion {
  const entry = new TextEntry();
  return {
    draw({ columns, rows: height }, style) {
      const label = `? ${sanitizeLabel(message)} `;
      const before = wrap(`${label}${sanitizeLabel(entry.before)}`, columns);
      const all = wrap(`${label}${sanitizeLabel(entry.text)}`, columns);
      const row = before.length - 1;
      const column = textWidth(before[row]!);
      // Where the text fills its row the cursor stands in the next.
      const cursor = column < columns ? { row, column } : { row: row + 1, column: 0 };
      if (cursor.row === all.length) all.push('');
      const most = Math.max(1, height - 1);
      const first = Math.max(0, Math.min(cursor.row, all.length - most));
      return {
        rows: [
          ...all.slice(first, first + most),
          style.dim(truncate('Enter to send · Esc to drop it', columns)),
        ],
        cursor: { ...cursor, row: cursor.row - first },
      };
    },
    press(key) {
      if (closes(key, false)) return 'dropped';
      if (key.name !== 'return') entry.press(key);
      else if (entry.text.trim() !== '') return { answer: entry.text };
      return 'open';
    },
  };
}

/** Asks for one of several: its digit, or the arrows and Enter. */
export function askChoice(message: string, choices: readonly string[]): FootQuestion {
  let selected = 0;
  const move = (by: number): void => {
    selected = Math.max(0, Math.min(choices.length - 1, selected + by));
  };
  return {
    draw({ columns, rows: height }, style) {
      const question = wrap(`? ${sanitizeLabel(message)}`, columns).slice(0, Math.max(1, height - 2));
      const most = Math.max(1, height - question.length);
      const first = Math.max(0, Math.min(selected - most + 1, choices.length - most));
      const offered = choices.slice(first, first + most).map((choice, index) => {
        const label = truncate(`${first + index + 1} ${sanitizeLabel(choice)}`, columns - 2);
        return first + index === selected ? style.cyan(`> ${label}`) : `  ${label}`;
      });
      return { rows: [...question, ...offered] };
    },
    press(key) {
      if (closes(key, false)) return 'dropped';
      const digit = /^[1-9]$/.test(key.text) ? choices[Number(key.text) - 1] : undefined;
      if (digit !== undefined) return { answer: digit };
      if (key.name === 'return') return { answer: choices[selected]! };
      if (key.name === 'up' || key.text === 'k') move(-1);
      if (key.name === 'down' || key.name === 'tab' || key.text === 'j') move(1);
      return 'open';
    },
  };
}

/** Asks for leave: `y` gives it, any other answer does not. */
export function askLeave(message: string): FootQuestion {
  return {
    draw({ columns, rows: height }) {
      const rows = wrap(`? ${sanitizeLabel(message)} (y/N) `, columns).slice(0, Math.max(1, height));
      const row = rows.length - 1;
      return { rows, cursor: { row, column: Math.min(textWidth(rows[row]!), columns - 1) } };
    },
    press(key) {
      if (key.text === 'y' || key.text === 'Y') return { answer: 'y' };
      return closes(key, false) || key.name === 'return' || key.text === 'n' || key.text === 'N'
        ? 'dropped'
        : 'open';
    },
  };
}
