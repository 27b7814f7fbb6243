import type { Out, RunContext } from '@prefish/core';

interface IncomingLine {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What each line holds; anything else in it is a mistake of whoever wrote it. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  message: ['text'],
  answer: ['question', 'choice'],
};
const longestShown = 200;

/** Reads what comes in while messages are under way: more messages, and answers to questions. */
export class IncomingLines {
  readonly source: RunContext['incoming'];
  readonly #messages: string[] = [];
  readonly #answers = new Map<string, (choice: string | undefined) => void>();
  #out: Pick<Out, 'warn'>;
  #ended = false;

  constructor({ incoming, out }: Pick<RunContext, 'incoming' | 'out'>) {
    this.source = incoming;
    this.#out = out;
    void this.#read().catch(() => this.#end());
  }

  /** The reader of what comes in for a line: the one there is, if it reads that already. */
  static of(context: Pick<RunContext, 'incoming' | 'out'>, known: IncomingLines | undefined): IncomingLines {
    if (known?.source !== context.incoming) return new IncomingLines(context);
    known.#out = context.out;
    return known;
  }

  /** Whether anybody is there who could answer. */
  get isOpen(): boolean {
    return !this.#ended;
  }

  /** The next message that is waiting. */
  nextMessage(): string | undefined {
    return this.#messages.shift();
  }

  /** The answer to a question; nothing when the input ends, or the signal is aborted, before it comes. */
  answer(question: string, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (this.#ended || signal.aborted) return resolve(undefined);
      const settle = (choice: string | undefined): void => {
        this.#answers.delete(question);
        signal.removeEventListener('abort', onAbort);
        resolve(choice);
      };
      const onAbort = (): void => settle(undefined);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#answers.set(question, settle);
    });
  }

  async #read(): Promise<void> {
    for await (const line of this.source) this.#take(line);
    this.#end();
  }

  #take(line: IncomingLine): void {
    const { type, text, question, choice } = line;
    const wrong = complaint(line);
    if (wrong !== undefined) this.#warn(line, wrong);
    if (type === 'message' && typeof text === 'string' && text.trim() !== '') this.#messages.push(text);
    if (type !== 'answer' || typeof question !== 'string' || typeof choice !== 'string') return;
    const settle = this.#answers.get(question);
    if (settle !== undefined) settle(choice);
    else this.#warn(line, 'answers no question that is open');
  }

  #warn(line: IncomingLine, wrong: string): void {
    const shown = JSON.stringify(line).slice(0, longestShown);
    this.#out.warn(
      'PREFISH_USAGE',
      `A line of standard input ${wrong}: ${shown}`,
      '{"type":"message","text":…}, {"type":"answer","question":ID,"choice":…} and {"type":"cancel"} are understood.',
    );
  }

  #end(): void {
    this.#ended = true;
    for (const settle of this.#answers.values()) settle(undefined);
  }
}

/** What is wrong with a line of a type that is known. */
function complaint({ type, ...fields }: IncomingLine): string | undefined {
  const expected = shapes[type] ?? [];
  const missing = expected.filter((name) => typeof fields[name] !== 'string');
  if (missing.length > 0) return `has no ${missing.join(' and no ')}`;
  const unknown = Object.keys(fields).filter((name) => !expected.includes(name));
  return unknown.length === 0 ? undefined : `has fields that are not known here (${unknown.join(', ')})`;
}
