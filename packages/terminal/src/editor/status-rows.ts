import { sanitizeLabel, truncate, type Style } from '@prefish/screen';

/** More rows than these would push the output off the screen. */
const maxRows = 2;

/** How what goes on beside the lines is: a row each, the oldest first. */
export class StatusRows {
  readonly #texts = new Map<string, string>();

  set(key: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(key);
    else this.#texts.set(key, text);
  }

  rows(columns: number, { dim }: Style): string[] {
    const texts = [...this.#texts.values()];
    const left = texts.length - maxRows;
    const more = left > 0 ? ` · and ${left} more` : '';
    return texts.slice(0, maxRows).map((text, row) => {
      const end = row === maxRows - 1 ? more : '';
      return dim(truncate(sanitizeLabel(text), Math.max(1, columns - end.length)) + end);
    });
  }
}
