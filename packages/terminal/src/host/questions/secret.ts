import { clusterBefore, type KeyPress } from '@prefish/screen';
import type { Question } from './question.ts';

/** No more dots than this are shown, however long the secret is. */
const mostDots = 16;

/** What is typed or pasted and never shown: a dot for each character says that it has arrived. */
export function secret(message: string): Question<string> {
  let typed = '';
  const dots = (): string => '·'.repeat(Math.min(typed.length, mostDots));
  return {
    message,
    get hint() {
      return dots();
    },
    below: () => [],
    printed: () => [],
    press(key) {
      if (key.name === 'return') return { value: typed, said: dots() };
      if (key.name === 'backspace') typed = typed.slice(0, -clusterBefore(typed).length || undefined);
      else if (key.ctrl && key.name === 'u') typed = '';
      // A pasted secret often brings the end of its line along.
      else typed += writes(key) ? key.text.replaceAll(/[\r\n]/g, '') : '';
      return undefined;
    },
  };
}

function writes({ text, ctrl, meta }: KeyPress): boolean {
  return text !== '' && !ctrl && !meta;
}
