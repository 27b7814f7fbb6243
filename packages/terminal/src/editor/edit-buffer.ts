import { clusterBoundary } from '@prefish/screen';
import { KillRing } from './kill-ring.ts';
import { clusterEnd, clusterStart, wordEnd, wordStart } from './word-bounds.ts';

/** Where a key goes, or up to where it deletes. `start` and `end` are those of the row of a line of several. */
export type Target =
  | 'left'
  | 'right'
  | 'start'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'big-word-left'
  | 'row-up'
  | 'row-down';

/** What of a text came from a paste: its beginning (`line`) or that of a further row, which may be a line of its own. */
export type Pasted = 'line' | 'row' | undefined;

/** A line as it was. */
export interface Draft {
  readonly text: string;
  readonly cursor: number;
  readonly pasted: Pasted;
}

/** So many changes can be taken back. */
const maxUndo = 500;

/** A line under the cursor, and what keys do to it. Positions are UTF-16 offsets on cluster boundaries. */
export class EditBuffer {
  readonly #killRing = new KillRing();
  #text = '';
  /** Where typing goes on: inside of a cluster while what is typed has joined the one behind it, as a part of an emoji may. */
  #cursor = 0;
  #pasted: Pasted;
  #undo: Draft[] = [];
  /** What the last key did, where the next one of its kind joins it. */
  #last: 'insert' | 'kill' | 'yank' | undefined;
  /** Where the text begins that was yanked last. */
  #yankedAt = 0;

  get text(): string {
    return this.#text;
  }

  get cursor(): number {
    return clusterBoundary(this.#text, this.#cursor);
  }

  /** A text that a paste began stays one until it is empty, whatever is done to its beginning. */
  get pasted(): Pasted {
    return this.#pasted;
  }

  get draft(): Draft {
    return { text: this.#text, cursor: this.cursor, pasted: this.#pasted };
  }

  set(text: string, cursor: number = text.length, pasted?: Pasted): void {
    this.#remember();
    this.#text = text;
    this.#cursor = cursor;
    this.#pasted = pasted;
  }

  /** Begins a new line: what was done to the one before can no longer be taken back. */
  clear(): void {
    this.set('');
    this.#undo = [];
  }

  /** Puts `text` in place of what stands between two positions, and the cursor behind it. */
  replace(from: number, to: number, text: string): void {
    this.#remember();
    this.#splice(from, to, text);
  }

  insert(text: string, pasted = false): void {
    const joins = this.#last === 'insert' && !pasted && !/\s/.test(text);
    if (!joins) this.#remember();
    if (pasted) this.#pasted = this.#withPaste(text);
    this.#splice(this.#cursor, this.#cursor, text);
    this.#last = pasted ? undefined : 'insert';
  }

  /** False where there is nothing to go to. */
  move(to: Target): boolean {
    const before = this.cursor;
    this.#cursor = this.#target(to);
    this.#last = undefined;
    return this.#cursor !== before;
  }

  /** Deletes up to where {@link move} would go. */
  delete(to: Target): void {
    this.#remember();
    this.#cut(this.#target(to));
  }

  /** Like {@link delete}, and keeps what was cut for {@link yank}. What is cut in a row is one piece. */
  kill(to: Target): void {
    const target = this.#target(to);
    const joins = this.#last === 'kill' ? (target < this.cursor ? 'before' : 'after') : undefined;
    this.#remember();
    this.#killRing.add(this.#cut(target), joins);
    this.#last = 'kill';
  }

  yank(): void {
    this.#yankedAt = this.cursor;
    this.replace(this.cursor, this.cursor, this.#killRing.current);
    this.#last = 'yank';
  }

  /** Puts the piece that was cut before in place of the one just yanked. */
  yankPop(): void {
    if (this.#last !== 'yank') return;
    this.replace(this.#yankedAt, this.#cursor, this.#killRing.rotate());
    this.#last = 'yank';
  }

  /** Changes the characters around the cursor, or the last two; as Emacs. */
  transpose(): void {
    const isAtEnd = this.cursor === this.#text.length || this.#text[this.cursor] === '\n';
    const middle = isAtEnd ? this.#target('left') : this.cursor;
    const from = clusterStart(this.#text, middle);
    const to = clusterEnd(this.#text, middle);
    const swapped = this.#text.slice(middle, to) + this.#text.slice(from, middle);
    if (middle > 0 && to > middle && !swapped.includes('\n')) this.replace(from, to, swapped);
  }

  /** Changes the case of the word that the cursor is in or before. */
  convertWord(convert: (word: string) => string): void {
    const end = this.#target('word-right');
    this.replace(this.cursor, end, convert(this.#text.slice(this.cursor, end)));
  }

  /** Takes the last change back. */
  undo(): void {
    const draft = this.#undo.pop();
    if (draft === undefined) return;
    this.#text = draft.text;
    this.#cursor = draft.cursor;
    this.#pasted = draft.pasted;
    this.#last = undefined;
  }

  #remember(): void {
    this.#last = undefined;
    if (this.#undo.at(-1)?.text === this.#text) this.#undo.pop();
    this.#undo.push(this.draft);
    if (this.#undo.length > maxUndo) this.#undo.shift();
  }

  #splice(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.#cursor = from + text.length;
  }

  #cut(target: number): string {
    const from = Math.min(target, this.cursor);
    const to = Math.max(target, this.cursor);
    const cut = this.#text.slice(from, to);
    this.#splice(from, to, '');
    if (this.#text === '') this.#pasted = undefined;
    return cut;
  }

  #withPaste(text: string): Pasted {
    if (this.#cursor === 0) return 'line';
    const beginsRow = text.includes('\n') || this.#text[this.#cursor - 1] === '\n';
    return this.#pasted ?? (beginsRow ? 'row' : undefined);
  }

  #target(to: Target): number {
    const [text, cursor] = [this.#text, this.cursor];
    switch (to) {
      case 'left':
        return cursor === 0 ? 0 : clusterStart(text, cursor);
      case 'right':
        return cursor === text.length ? cursor : clusterEnd(text, cursor);
      case 'start':
        return rowStart(text, cursor);
      case 'end':
        return rowEnd(text, cursor);
      case 'word-left':
        return wordStart(text, cursor, 'word');
      case 'word-right':
        return wordEnd(text, cursor, 'word');
      case 'big-word-left':
        return wordStart(text, cursor, 'big-word');
      case 'row-up': {
        const start = rowStart(text, cursor);
        return start === 0 ? cursor : sameColumn(text, cursor - start, rowStart(text, start - 1));
      }
      case 'row-down': {
        const end = rowEnd(text, cursor);
        return end === text.length ? cursor : sameColumn(text, cursor - rowStart(text, cursor), end + 1);
      }
    }
  }
}

function rowStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function rowEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

/** The position in the row that begins at `start`, as far from there as `column`, but never inside of a cluster. */
function sameColumn(text: string, column: number, start: number): number {
  const end = rowEnd(text, start);
  let at = start;
  while (at < end && clusterEnd(text, at) <= start + column) at = clusterEnd(text, at);
  return at;
}
