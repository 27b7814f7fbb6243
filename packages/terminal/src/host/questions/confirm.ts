import type { Question } from './question.ts';

/** Yes or no: y, n, or Enter for what is usual. */
export function confirm(message: string, usual: boolean): Question<boolean> {
  return {
    message,
    hint: usual ? '(Y/n)' : '(y/N)',
    below: () => [],
    printed: () => [],
    press(key) {
      if (key.ctrl || key.meta) return undefined;
      const value = key.name === 'return' ? usual : { y: true, n: false }[key.name];
      return value === undefined ? undefined : { value, said: value ? 'yes' : 'no' };
    },
  };
}
