/** So many pieces are kept, as in Emacs. */
const size = 60;

/** What was cut out of lines, to be put back: as in Emacs, over all lines of a session. */
export class KillRing {
  readonly #pieces: string[] = [];
  #at = 0;

  /** Keeps `text`; with `join`, as a part of the piece before, at the end where it was cut. */
  add(text: string, join?: 'before' | 'after'): void {
    if (text === '') return;
    const last = join === undefined ? undefined : this.#pieces.pop();
    this.#pieces.push(join === 'before' ? text + (last ?? '') : (last ?? '') + text);
    if (this.#pieces.length > size) this.#pieces.shift();
    this.#at = this.#pieces.length - 1;
  }

  /** The piece that a yank puts in. */
  get current(): string {
    return this.#pieces[this.#at] ?? '';
  }

  /** Goes to the piece before; before the first comes the last. */
  rotate(): string {
    this.#at = (this.#at - 1 + this.#pieces.length) % Math.max(1, this.#pieces.length);
    return this.current;
  }
}
