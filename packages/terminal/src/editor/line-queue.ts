import { sanitizeLabel, truncate, type Style } from '@prefish/screen';
import type { Line } from './line-editor.ts';

/** More rows than these would push the output off the screen. */
const maxRows = 3;

/** A finished line with the token that its prompt shows. */
export type TypedLine = Line & {
  readonly token: string | undefined;
  /** A line that is taken back is no longer one of them. */
  readonly paste?: string[];
};

/** The lines that were finished while another one runs, and the wish to leave behind them. */
export class LineQueue {
  #lines: (TypedLine | 'eof')[] = [];
  #held = false;

  /** Whether the lines wait for a person's word, because the one before them was stopped with Ctrl+C. */
  get held(): boolean {
    return this.#held && this.#lines.length > 0;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Whoever goes on behind the wish to leave stays. */
  add(line: TypedLine | 'eof'): void {
    if (this.#lines.at(-1) === 'eof') this.#lines.pop();
    this.#lines.push(line);
  }

  /** Puts lines in front of those that wait. */
  addFirst(lines: readonly TypedLine[]): void {
    this.#lines = [...lines, ...this.#lines];
  }

  /** Takes out the lines of a paste. */
  withdraw(paste: readonly string[]): void {
    this.#lines = this.#lines.filter((line) => line === 'eof' || line.paste !== paste);
  }

  hold(): void {
    this.#held = this.#lines.length > 0;
  }

  /** The lines may run again. */
  release(): void {
    this.#held = false;
  }

  /** The next line to run. */
  next(): TypedLine | 'eof' | undefined {
    return this.held ? undefined : this.#lines.shift();
  }

  /** Takes the line back that was added last. */
  takeBack(): TypedLine | 'eof' | undefined {
    const line = this.#lines.pop();
    if (line !== undefined && line !== 'eof') line.paste?.splice(line.paste.lastIndexOf(line.text), 1);
    return line;
  }

  drop(): void {
    this.#lines.length = 0;
    this.#held = false;
  }

  /** What keys do with lines that are held, below the line that is edited. */
  hint(columns: number, { dim }: Style, isEmpty: boolean): string[] {
    if (!this.held) return [];
    const said = isEmpty
      ? 'Enter runs what is queued · ↑ edits · Esc drops it'
      : 'Enter runs this line, then what is queued';
    return [dim(truncate(said, columns))];
  }

  rows(columns: number, { dim }: Style): string[] {
    const left = this.#lines.length - maxRows;
    const shown = this.#lines.slice(0, left <= 0 ? maxRows : maxRows - 1).map((line) => {
      if (line === 'eof') return 'then prefish is left · ↑ stays';
      const { text, token } = line;
      return `queued: ${sanitizeLabel(token === undefined ? text : `${token} ${text}`)}`;
    });
    if (left > 0) shown.push(`  and ${left + 1} more`);
    return shown.map((row) => dim(truncate(row, columns)));
  }
}
