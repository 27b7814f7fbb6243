import { sanitizeLabel, truncate, type KeyPress } from '@prefish/screen';
import type { Answer, Question, QuestionLook } from './question.ts';

/** So many choices have a digit; more than these are found by typing. */
const numbered = 9;

/**
 * One of several: the arrows and Enter, its digit, or in a long list what its words contain. Where
 * nothing is drawn twice, a number and Enter. The first is the default.
 */
export function select(
  message: string,
  choices: readonly string[],
  { style, redraws }: Pick<QuestionLook, 'style' | 'redraws'>,
): Question<string> {
  const labels = choices.map(sanitizeLabel);
  const isLong = choices.length > numbered;
  let filter = '';
  let number = '';
  let selected = 0;

  const matching = (): number[] => {
    const words = filter.toLowerCase().split(' ').filter(Boolean);
    return [...labels.keys()].filter((index) =>
      words.every((word) => labels[index]!.toLowerCase().includes(word)),
    );
  };
  const take = (index: number | undefined): Answer<string> | undefined =>
    index === undefined || choices[index] === undefined
      ? undefined
      : { value: choices[index], said: labels[index]! };
  const move = (by: number): void => {
    selected = Math.max(0, Math.min(matching().length - 1, selected + by));
  };
  const narrow = (text: string): void => {
    filter = text;
    selected = 0;
  };

  return {
    message,
    get hint() {
      if (!redraws) return '(number, then Enter)';
      return filter !== '' ? filter : isLong ? '(type to filter)' : '';
    },
    below({ columns, rows }) {
      const found = matching();
      if (found.length === 0) return [style.dim('  nothing matches')];
      const first = Math.max(0, Math.min(selected - rows + 1, found.length - rows));
      return found.slice(first, first + rows).map((index, row) => {
        const label = truncate(isLong ? labels[index]! : `${index + 1} ${labels[index]!}`, columns - 2);
        return row + first === selected ? style.cyan(`> ${label}`) : `  ${label}`;
      });
    },
    printed: () => labels.map((label, index) => `  ${index + 1} ${label}`),
    press(key) {
      if (key.name === 'return') return take(number === '' ? matching()[selected] : Number(number) - 1);
      if (!redraws) {
        if (key.name === 'backspace') number = number.slice(0, -1);
        else if (/^\d$/.test(key.text)) number += key.text;
        return undefined;
      }
      if (key.name === 'up' || (key.ctrl && key.name === 'p')) move(-1);
      else if (key.name === 'down' || key.name === 'tab' || (key.ctrl && key.name === 'n')) move(1);
      else if (isLong) {
        if (key.name === 'backspace') narrow(filter.slice(0, -1));
        else if (key.ctrl && key.name === 'u') narrow('');
        else if (writes(key)) narrow(filter + key.text);
      } else if (/^[1-9]$/.test(key.text)) return take(Number(key.text) - 1);
      else if (key.text === 'k') move(-1);
      else if (key.text === 'j') move(1);
      return undefined;
    },
    echo: (key) => (/^\d$/.test(key.text) ? key.text : key.name === 'backspace' ? '\b \b' : ''),
  };
}

function writes({ text, ctrl, meta }: KeyPress): boolean {
  return text !== '' && !ctrl && !meta && !text.includes('\n');
}
