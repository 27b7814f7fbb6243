import { PrefishError } from '@prefish/protocol';
import { truncate, type KeyPress, type Style } from '@prefish/screen';

/** More rows of a question than these would push the line off the screen. */
const maxRows = 3;

/** A question that came while a line was half-written: shown above it, until it can be answered. */
export class WaitingQuestion {
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
