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
      else typed += written(key);
      return undefined;
    },
    echo: written,
  };
}

function answer(value: string): { readonly value: string; readonly said: string } {
  return { value, said: sanitizeLabel(value) };
}

/** What a key adds; line ends of a paste become spaces. */
function written({ text, ctrl, meta, name }: KeyPress): string {
  if (ctrl || meta || name === 'return') return '';
  return sanitizeLabel(text.replaceAll(/[\r\n]+/g, ' '));
}
