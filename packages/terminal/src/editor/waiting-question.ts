import { PrefishError } from '@prefish/protocol';
import { truncate, type KeyPress, type Style } from '@prefish/screen';

/** More rows of a question than these would push the line off the screen. */
const maxRows = 3;

/** Whoever types pauses for less, in milliseconds, between two keys of a line. */
const typingPauseMs = 700;

/** Where {@link QuestionAbove} stands. */
export interface QuestionAboveOptions {
  /** Whether a line is half-written whose keys somebody presses. */
  readonly isTyping: () => boolean;
  readonly show: () => void;
}

/** Whose the keys are: those of a line that is being written never answer a question. */
export class QuestionAbove {
  readonly #isTyping: () => boolean;
  readonly #show: () => void;
  #waiting: WaitingQuestion | undefined;
  /** When a key of the line came last, by `performance.now()`. */
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor({ isTyping, show }: QuestionAboveOptions) {
    this.#isTyping = isTyping;
    this.#show = show;
  }

  /** As `untilFree` of a line editor. */
  async untilFree(question: string): Promise<boolean> {
    while (this.#isTyping()) {
      const waiting = new WaitingQuestion(question);
      this.#waiting = waiting;
      this.#show();
      const turned = await waiting.settled.finally(() => (this.#waiting = undefined));
      if (turned) return false;
    }
    return performance.now() - this.#typedAt < typingPauseMs;
  }

  /** Takes note of a key. True for one with which the person turns to the question: then it is nobody else's. */
  takes(key: KeyPress): boolean {
    this.#typedAt = performance.now();
    if (this.#waiting?.turnsTo(key) !== true) return false;
    this.#waiting.release({ turned: true });
    return true;
  }

  /** A line was finished: the next key is not its own. */
  finished(): void {
    this.#typedAt = Number.NEGATIVE_INFINITY;
  }

  /** Nothing of a line is there any more. */
  release(): void {
    this.#waiting?.release({ turned: false });
  }

  refuse(): void {
    this.#waiting?.refuse();
  }

  rows(columns: number, style: Style): string[] {
    return this.#waiting?.rows(columns, style) ?? [];
  }
}

/** A question that came while a line was half-written: shown above it, until it can be answered. */
class WaitingQuestion {
  readonly #text: string;
  readonly #settling: PromiseWithResolvers<boolean> = Promise.withResolvers();

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the person turned to it, else the line is gone. @throws PREFISH_INTERRUPTED when it is refused */
  get settled(): Promise<boolean> {
    return this.#settling.promise;
  }

  /** Whether `key` says that the person turns to the question. Digits are text of the line, as letters are. */
  turnsTo({ name, ctrl, meta, shift }: KeyPress): boolean {
    return !ctrl && !meta && !shift && /^(?:tab|up|down)$/.test(name);
  }

  release({ turned }: { readonly turned: boolean }): void {
    this.#settling.resolve(turned);
  }

  refuse(): void {
    this.#settling.reject(new PrefishError('PREFISH_INTERRUPTED', 'The question was not answered'));
  }

  rows(columns: number, { cyan, dim }: Style): string[] {
    const [first = '', ...more] = this.#text.split('\n').slice(0, maxRows);
    const asked = [`${cyan('?')} ${first}`, ...more].map((row) => truncate(row, columns));
    return [...asked, dim(truncate('  Tab answers · Enter keeps the line for later', columns))];
  }
}
