import { cellsOf, padEnd, sanitizeLabel, textWidth, truncate, type Style } from '@prefish/screen';
import type { Offers } from './line-editor.ts';
import { scrolled } from './scrolled.ts';

/** More are of no use to anybody who reads them, and a plugin may offer without end. */
const maxOffers = 1000;
const maxRows = 8;
/** Columns below which a detail is left out. */
const shortestDetail = 8;

interface Offer {
  readonly insert: string;
  readonly detail: string;
}

/** Several offers for one word, as rows below the edited line. Until one is selected, what is typed narrows them. */
export class CompletionMenu {
  /** Where the word begins. */
  readonly from: number;
  /** What was typed of the word when the offers were asked for. */
  readonly #asked: string;
  readonly #all: readonly Offer[];
  #offers: readonly Offer[];
  #note: string | undefined;
  #selected = -1;
  #first = 0;

  /** Takes offers as plugins make them. Without what drives a terminal, a word would be another one: it is left out. */
  constructor({ from, offers, note }: Offers, asked: string) {
    this.from = from;
    this.#note = note === undefined ? undefined : sanitizeLabel(note);
    this.#asked = asked;
    const known = new Map<string, Offer>();
    for (const { insert, detail } of offers.slice(0, maxOffers)) {
      if (insert === '' || known.has(insert) || sanitizeLabel(insert) !== insert) continue;
      known.set(insert, { insert, detail: typeof detail === 'string' ? sanitizeLabel(detail) : '' });
    }
    this.#all = [...known.values()];
    this.#offers = this.#all;
  }

  get size(): number {
    return this.#offers.length;
  }

  /** The only offer there is. */
  get only(): string | undefined {
    return this.size === 1 ? this.#offers[0]?.insert : undefined;
  }

  get selected(): string | undefined {
    return this.#offers[this.#selected]?.insert;
  }

  /** The longest beginning that all offers have. */
  get commonBeginning(): string {
    let common = '';
    for (const { text } of cellsOf(this.#offers[0]?.insert ?? '')) {
      if (!this.#offers.every(({ insert }) => insert.startsWith(common + text))) break;
      common += text;
    }
    return common;
  }

  /** Keeps the offers that begin with what is typed of the word. False when there is nothing to choose, or more than was asked for. */
  narrow(word: string): boolean {
    if (!word.startsWith(this.#asked)) return false;
    if (word !== this.#asked) this.#note = undefined;
    this.#offers = this.#all.filter(({ insert }) => insert.startsWith(word));
    this.#first = 0;
    return this.#offers.some(({ insert }) => insert !== word);
  }

  /** Selects the next offer, or the one before; behind the last comes the first. */
  move(by: 1 | -1): void {
    const from = this.#selected === -1 && by === -1 ? 0 : this.#selected;
    this.#selected = (from + by + this.size) % this.size;
  }

  /** At most `height` rows; the last one counts, where not all offers can be seen. */
  rows(columns: number, height: number, style: Style): string[] {
    const noted =
      this.#note !== undefined && height > 2 ? [style.dim(`  ${truncate(this.#note, columns - 2)}`)] : [];
    const room = Math.min(maxRows, height - noted.length);
    if (room < 1) return [];
    const { items, first, count } = scrolled(this.#offers, {
      selected: Math.max(this.#selected, 0),
      first: this.#first,
      room,
    });
    this.#first = first;
    const width = Math.min(columns - 2, Math.max(...this.#offers.map(({ insert }) => textWidth(insert))));
    const rows = items.map(({ insert, detail }, index) => {
      const selected = first + index === this.#selected;
      const word = padEnd(truncate(insert, width), width);
      const left = columns - width - 4;
      const told = detail === '' || left < shortestDetail ? '' : `  ${style.dim(truncate(detail, left))}`;
      return `${selected ? style.cyan('>') : ' '} ${selected ? style.cyan(word) : word}${told}`;
    });
    if (count !== undefined) rows.push(style.dim(`  ${count}`));
    return [...rows, ...noted];
  }
}
