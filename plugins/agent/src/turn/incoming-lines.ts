import type { RunContext } from '@prefish/core';

interface IncomingLine {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Reads what comes in while messages are under way: more messages, and answers to questions. */
export class IncomingLines {
  readonly source: RunContext['incoming'];
  readonly #messages: string[] = [];
  readonly #answers = new Map<string, (choice: string | undefined) => void>();
  #ended = false;

  constructor(source: RunContext['incoming']) {
    this.source = source;
    void this.#read().catch(() => this.#end());
  }

  /** The reader of a source: the one there is, if it reads that source. */
  static of(source: RunContext['incoming'], known: IncomingLines | undefined): IncomingLines {
    return known?.source === source ? known : new IncomingLines(source);
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

  #take({ type, text, question, choice }: IncomingLine): void {
    if (type === 'message' && typeof text === 'string' && text.trim() !== '') this.#messages.push(text);
    if (type === 'answer' && typeof choice === 'string') this.#answers.get(String(question))?.(choice);
  }

  #end(): void {
    this.#ended = true;
    for (const settle of this.#answers.values()) settle(undefined);
  }
}
