import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ask } from '@prefish/core';
import { PrefishError } from '@prefish/core';

/** An answer: yes or no for `ask.confirm`, one of the choices for `ask.select`, any text for `ask.text` and `ask.secret`. */
export type Answer = boolean | string;

/** A question that a line asked. */
export interface Question {
  readonly kind: 'confirm' | 'select' | 'text' | 'secret';
  readonly message: string;
  /** What can be chosen; for `confirm`, none. */
  readonly choices: readonly string[];
  /** What Enter would have answered; a secret has no default. */
  readonly default?: Answer;
  /** What was answered; absent when nobody did. */
  readonly answer?: Answer;
}

/**
 * Who answers: a list, in the order of the questions; an object, by a part of the question's text; a
 * function, which may throw to leave the question as Esc does; `'defaults'`, as `--yes` does;
 * `'nobody'`, as where there is no terminal.
 *
 * @example
 * await testShell({ plugins, answers: { 'Delete?': true } });
 */
export type Answers =
  | readonly Answer[]
  | Readonly<Record<string, Answer>>
  | ((question: Question) => Answer | undefined | Promise<Answer | undefined>)
  | 'defaults'
  | 'nobody';

/** A person who answers as was agreed, and keeps what was asked. */
export class Respondent {
  readonly questions: Question[] = [];
  /** What the test forgot to answer, or answered with what is no answer, outside of lines: it must not go unseen. */
  readonly mistakes: Error[] = [];
  readonly #ofLine = new AsyncLocalStorage<Error[]>();
  readonly #answers: Answers;
  readonly #say: (text: string) => void;
  #next = 0;

  /** @param say prints the question with its answer, as a person would see it */
  constructor(answers: Answers, say: (text: string) => void) {
    this.#answers = answers;
    this.#say = say;
  }

  /** Runs a line; what it asks in vain is kept apart from that of lines beside it. */
  async during<T>(
    run: () => Promise<T>,
  ): Promise<{ readonly value: T; readonly mistakes: readonly Error[] }> {
    const mistakes: Error[] = [];
    return { value: await this.#ofLine.run(mistakes, run), mistakes };
  }

  /** What the shell's host asks; absent where nobody is there. */
  get ask(): Ask | undefined {
    if (this.#answers === 'nobody') return undefined;
    return {
      confirm: async (message, { default: usual = false } = {}) =>
        (await this.#answer({ kind: 'confirm', message, choices: [], default: usual })) as boolean,
      select: async (message, choices) =>
        (await this.#answer({ kind: 'select', message, choices, default: choices[0]! })) as string,
      text: async (message, { default: usual } = {}) => {
        const question = { kind: 'text', message, choices: [] } as const;
        return (await this.#answer(
          usual === undefined ? question : { ...question, default: usual },
        )) as string;
      },
      secret: async (message) => (await this.#answer({ kind: 'secret', message, choices: [] })) as string,
    };
  }

  async #answer(question: Question): Promise<Answer> {
    const place = this.questions.push(question) - 1;
    const answer = await this.#answerTo(question);
    const mistake = mistakeIn(question, answer);
    if (answer === undefined || mistake !== undefined) {
      (this.#ofLine.getStore() ?? this.mistakes).push(mistake!);
      throw mistake!;
    }
    this.questions[place] = { ...question, answer };
    const said =
      question.kind === 'secret' ? '' : typeof answer === 'string' ? answer : answer ? 'yes' : 'no';
    this.#say(`? ${question.message} ${said}\n`);
    return answer;
  }

  async #answerTo(question: Question): Promise<Answer | undefined> {
    const answers = this.#answers;
    if (answers === 'defaults') return question.default;
    if (typeof answers === 'function') return answers(question);
    if (isList(answers)) return answers[this.#next++];
    const part = Object.keys(answers as object).find((text) => question.message.includes(text));
    return part === undefined ? undefined : (answers as Readonly<Record<string, Answer>>)[part];
  }
}

function isList(answers: Answers): answers is readonly Answer[] {
  return Array.isArray(answers);
}

function mistakeIn({ kind, message, choices }: Question, answer: Answer | undefined): Error | undefined {
  if (answer === undefined) {
    const example = kind === 'confirm' ? 'true' : JSON.stringify(choices[0]);
    return new PrefishError('PLUGIN_TESTING_NO_ANSWER', `Nothing answers the question ${quoted(message)}`, {
      hint: `testShell({ answers: { ${JSON.stringify(message)}: ${example} } })`,
    });
  }
  const fits =
    kind === 'confirm'
      ? typeof answer === 'boolean'
      : kind === 'text' || kind === 'secret' || choices.includes(answer as string);
  if (fits) return undefined;
  const wanted = kind === 'confirm' ? 'true or false' : choices.map(quoted).join(', ');
  return new PrefishError(
    'PLUGIN_TESTING_WRONG_ANSWER',
    `${quoted(answer)} is no answer to the question ${quoted(message)}`,
    { hint: `It takes ${wanted}.` },
  );
}

function quoted(value: Answer): string {
  return JSON.stringify(value);
}
