import { sanitizeLabel, truncate, type KeyPress } from '@prefish/screen';
import type { Answer, Question, QuestionLook } from './question.ts';

/** So many choices have a digit; more than these are found by typing. */
const numbered = 9;

/**
 * One of several: its digit, the arrows and Enter, or what it begins with (in a long list: what its words
 * contain) and Enter. Enter alone takes the first, once it can be meant. Where nothing is drawn twice, a
 * number and Enter.
 */
export function select(
  message: string,
  choices: readonly string[],
  { style, redraws }: Pick<QuestionLook, 'style' | 'redraws'>,
): Question<string> {
  const labels = choices.map(sanitizeLabel);
  const isLong = choices.length > numbered;
  let typed = '';
  let number = '';
  /** The place in what {@link matching} finds; none while nobody has said anything. */
  let selected: number | undefined;
  let offered = false;

  const matching = (): number[] => {
    const wanted = typed.toLowerCase();
    const words = wanted.split(' ').filter(Boolean);
    return [...labels.keys()].filter((index) => {
      const label = labels[index]!.toLowerCase();
      return isLong ? words.every((word) => label.includes(word)) : label.startsWith(wanted);
    });
  };
  const take = (index: number | undefined, rest?: string): Answer<string> | undefined =>
    index === undefined || choices[index] === undefined
      ? undefined
      : { value: choices[index], said: labels[index]!, ...(rest === undefined ? {} : { rest }) };
  const move = (by: number): void => {
    selected = Math.max(0, Math.min(matching().length - 1, (selected ?? 0) + by));
  };
  const narrow = (text: string): void => {
    typed = text;
    selected = text === '' && !offered ? undefined : 0;
  };
  /** Moves that are letters: only where no choice begins with them. */
  const letterMove = (key: string): number | undefined =>
    typed !== '' || labels.some((label) => label.toLowerCase().startsWith(key))
      ? undefined
      : { j: 1, k: -1 }[key];

  return {
    message,
    get hint() {
      if (!redraws) return '(number, then Enter)';
      return typed !== '' ? typed : isLong ? '(type to filter)' : '';
    },
    below({ columns, rows }) {
      const found = matching();
      if (found.length === 0) return [style.dim(isLong ? '  nothing matches' : '  no such choice')];
      const at = selected ?? 0;
      const first = Math.max(0, Math.min(at - rows + 1, found.length - rows));
      return found.slice(first, first + rows).map((index, row) => {
        const label = truncate(isLong ? labels[index]! : `${index + 1} ${labels[index]!}`, columns - 2);
        return row + first === selected ? style.cyan(`> ${label}`) : `  ${label}`;
      });
    },
    printed: () => labels.map((label, index) => `  ${index + 1} ${label}`),
    press(key) {
      if (key.name === 'return') {
        return take(
          number !== '' ? Number(number) - 1 : selected === undefined ? undefined : matching()[selected],
        );
      }
      if (!redraws) {
        if (key.name === 'backspace') number = number.slice(0, -1);
        else if (/^\d$/.test(key.text)) number += key.text;
        return undefined;
      }
      const step = letterMove(key.text);
      if (key.name === 'up' || (key.ctrl && key.name === 'p')) move(-1);
      else if (key.name === 'down' || key.name === 'tab' || (key.ctrl && key.name === 'n')) move(1);
      else if (key.name === 'backspace') narrow(typed.slice(0, -1));
      else if (key.ctrl && key.name === 'u') narrow('');
      else if (!isLong && typed === '' && /^[1-9]$/.test(key.text)) return take(Number(key.text) - 1, '');
      else if (!isLong && step !== undefined) move(step);
      else if (writes(key)) narrow(typed + key.text);
      return undefined;
    },
    offer() {
      offered = true;
      selected ??= 0;
    },
    echo: (key) => (/^\d$/.test(key.text) ? key.text : key.name === 'backspace' ? '\b \b' : ''),
  };
}

function writes({ text, ctrl, meta }: KeyPress): boolean {
  return text !== '' && !ctrl && !meta && !text.includes('\n');
}
