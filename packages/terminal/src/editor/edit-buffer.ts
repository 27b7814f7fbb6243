import { clusterAfter, clusterBefore } from '@prefish/screen';

/** A line under the cursor, and what keys do to it. Positions are UTF-16 offsets on cluster boundaries. */
export class EditBuffer {
  #text = '';
  #cursor = 0;
  #killed = '';
  #pasted = false;

  get text(): string {
    return this.#text;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Whether the first character came from a paste. */
  get pasted(): boolean {
    return this.#pasted;
  }

  set(text: string, cursor: number = text.length, pasted = false): void {
    this.#text = text;
    this.#cursor = cursor;
    this.#pasted = pasted;
  }

  /** Puts `text` in place of what stands between two positions, and the cursor behind it. */
  replace(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.#cursor = from + text.length;
  }

  insert(text: string, pasted = false): void {
    if (this.#cursor === 0) this.#pasted = pasted;
    this.replace(this.#cursor, this.#cursor, text);
  }

  move(to: 'left' | 'right' | 'start' | 'end' | 'word-left' | 'word-right'): void {
    this.#cursor = this.#target(to);
  }

  /** Deletes up to where {@link move} would go. */
  delete(to: 'left' | 'right'): void {
    this.#cut(this.#target(to));
  }

  /** Like {@link delete}, and keeps what was cut for {@link yank}. */
  kill(to: 'start' | 'end' | 'word-left' | 'word-right'): void {
    const cut = this.#cut(this.#target(to));
    if (cut !== '') this.#killed = cut;
  }

  yank(): void {
    this.insert(this.#killed);
  }

  #cut(target: number): string {
    const from = Math.min(target, this.#cursor);
    const to = Math.max(target, this.#cursor);
    const cut = this.#text.slice(from, to);
    this.replace(from, to, '');
    if (from === 0 && cut !== '') this.#pasted = false;
    return cut;
  }

  #target(to: Parameters<EditBuffer['move']>[0]): number {
    const before = this.#text.slice(0, this.#cursor);
    const after = this.#text.slice(this.#cursor);
    switch (to) {
      case 'left':
        return this.#cursor - clusterBefore(before).length;
      case 'right':
        return this.#cursor + clusterAfter(after).length;
      case 'start':
        return before.lastIndexOf('\n') + 1;
      case 'end':
        return this.#cursor + (/^[^\n]*/.exec(after)?.[0].length ?? 0);
      case 'word-left':
        return /[^\s]*\s*$/.exec(before)!.index;
      case 'word-right':
        return this.#cursor + /^\s*[^\s]*/.exec(after)![0].length;
    }
  }
}
