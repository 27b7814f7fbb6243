import type { Ask, LentTerminal } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { sanitize } from '@prefish/screen';
import { askQuestion, type Question, type QuestionLook } from './questions/question.ts';

/** How questions reach a person. */
export interface AskOptions extends QuestionLook {
  /** Answer everything with its default. */
  readonly yes: boolean;
  /** Resolves when no line is half-written that keys could be meant for, or the person has left it for the question; with whether one was until a moment ago. */
  readonly untilFree?: (question: string) => Promise<boolean>;
  /** Absent where no person watches. */
  readonly lend?: <T>(use: (terminal: LentTerminal) => Promise<T>) => Promise<T>;
  /** A secret where no person watches: a line of what was piped in. */
  readonly piped?: () => Promise<string>;
}

/** Questions as small menus at the end of the screen. Esc and Ctrl+C reject with `PREFISH_INTERRUPTED`. */
export function createAsk({ yes, lend, piped, untilFree, ...look }: AskOptions): Ask {
  /** One question after the other. */
  let last: Promise<unknown> = Promise.resolve();
  const put = <T>(lendTerminal: NonNullable<AskOptions['lend']>, question: Question<T>): Promise<T> => {
    const asked = last.then(async () => {
      const typing = (await untilFree?.(question.message)) ?? false;
      return lendTerminal((terminal) => askQuestion(terminal, question, { ...look, typing }));
    });
    last = asked.catch(() => {});
    return asked;
  };
  const ask = async <T>(message: string, usual: T, load: () => Promise<Question<T>>): Promise<T> => {
    if (yes) return usual;
    if (lend === undefined) throw nobodyThere(message);
    return put(lend, await load());
  };
  return {
    confirm: (message, { default: usual = false } = {}) =>
      ask(message, usual, async () => {
        const { confirm } = await import('./questions/confirm.ts');
        return confirm(sanitize(message), usual, look);
      }),
    select(message, choices) {
      const [first] = choices;
      if (first === undefined) throw new RangeError('select needs at least one choice');
      return ask(message, first, async () => {
        const { select } = await import('./questions/select.ts');
        return select(sanitize(message), choices, look);
      });
    },
    async text(message, { default: usual } = {}) {
      if (yes && usual !== undefined) return usual;
      if (lend === undefined) throw nobodyThere(message);
      const { text } = await import('./questions/text.ts');
      return put(lend, text(sanitize(message), usual));
    },
    async secret(message) {
      if (lend === undefined) return piped?.() ?? Promise.reject(nobodyThere(message));
      const { secret } = await import('./questions/secret.ts');
      return put(lend, secret(sanitize(message)));
    },
  };
}

function nobodyThere(message: string): PrefishError {
  return new PrefishError('PREFISH_NO_TTY', `There is nobody to ask: ${message}`, {
    hint: '--yes answers every question with its default.',
  });
}
