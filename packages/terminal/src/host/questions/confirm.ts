import type { Question, QuestionLook } from './question.ts';

/** Yes or no: y, n, or Enter for what is usual, once it can be meant. */
export function confirm(
  message: string,
  usual: boolean,
  { redraws }: Pick<QuestionLook, 'redraws'>,
): Question<boolean> {
  let offered = false;
  return {
    message,
    get hint() {
      if (redraws && !offered) return '(y/n)';
      return usual ? '(Y/n)' : '(y/N)';
    },
    below: () => [],
    printed: () => [],
    press(key) {
      if (key.ctrl || key.meta) return undefined;
      if (key.name === 'return') return offered ? { value: usual, said: usual ? 'yes' : 'no' } : undefined;
      if (key.name === 'y') return { value: true, said: 'yes', rest: 'es' };
      if (key.name === 'n') return { value: false, said: 'no', rest: 'o' };
      return undefined;
    },
    offer() {
      offered = true;
    },
  };
}
