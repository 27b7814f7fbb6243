import { clusterBefore, sanitizeLabel, type KeyPress } from '@prefish/screen';
import type { Question } from './question.ts';

/** A line that is typed or pasted; Enter alone is `usual`. */
export function text(message: string, usual = ''): Question<string> {
  let typed = '';
  return {
    message,
    get hint() {
      return typed === '' && usual !== '' ? `(${sanitizeLabel(usual)})` : typed;
    },
    below: () => [],
    printed: () => [],
    press(key) {
      if (key.name === 'return') return answer(typed === '' ? usual : typed);
      if (key.name === 'backspace') typed = typed.slice(0, -clusterBefore(typed).length || undefined);
      else if (key.ctrl && key.name === 'u') typed = '';
      else typed += writes(key) ? sanitizeLabel(key.text) : '';
      return undefined;
    },
    echo: (key) => (writes(key) ? sanitizeLabel(key.text) : ''),
  };
}

function answer(value: string): { readonly value: string; readonly said: string } {
  return { value, said: sanitizeLabel(value) };
}

function writes({ text, ctrl, meta, name }: KeyPress): boolean {
  return text !== '' && !ctrl && !meta && name !== 'return';
}
