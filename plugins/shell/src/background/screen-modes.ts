/** What switches modes of a terminal: private modes, the keypad, a stack of keyboard protocols, and all back at once. */
const switches = /\x1b(?:\[\?([\d;]+)([hl])|([=>])|\[([><])([\d;]*)u|(c)|\[(!)p)/g;
/** The beginning of one that the next chunk may finish. */
const unfinished = /\x1b(?:\[(?:[?><!][\d;]{0,40})?)?$/;
/** Modes that a terminal starts with: wrapping, a visible cursor. */
const usual: ReadonlySet<number> = new Set([7, 25]);
/** Those of the alternate screen. */
const alternate: readonly number[] = [47, 1047, 1049];
const colorsOff = '\x1b[0m';

/** Follows what a program switches on a terminal, from what it prints. */
export class ScreenModes {
  /** Private modes (DECSET) that are not as a terminal starts. */
  readonly #changed = new Set<number>();
  #keypad = false;
  #keyboards = 0;
  #rest = '';

  /** Whether it draws on the alternate screen. */
  get isFullScreen(): boolean {
    return alternate.some((mode) => this.#changed.has(mode));
  }

  /** Whether anything is not as a terminal starts. */
  get areChanged(): boolean {
    return this.#changed.size > 0 || this.#keypad || this.#keyboards > 0;
  }

  /** @param printed one character for each byte */
  take(printed: string): void {
    const text = this.#rest + printed;
    for (const [, modes, set, keypad, keyboard, count, ...reset] of text.matchAll(switches)) {
      if (modes !== undefined) for (const mode of modes.split(';')) this.#set(Number(mode), set === 'h');
      else if (keypad !== undefined) this.#keypad = keypad === '=';
      else if (keyboard === '>') this.#keyboards += 1;
      else if (keyboard === '<') this.#keyboards = Math.max(0, this.#keyboards - (Number(count) || 1));
      else if (reset.some(Boolean)) this.#reset();
    }
    this.#rest = unfinished.exec(text)?.[0] ?? '';
  }

  /** What puts all of it back, and the colours. */
  undo(): string {
    const back = Array.from(this.#changed, (mode) => `\x1b[?${mode}${usual.has(mode) ? 'h' : 'l'}`);
    if (this.#keypad) back.push('\x1b>');
    // First: each of the two screens has a stack of its own.
    if (this.#keyboards > 0) back.unshift(`\x1b[<${this.#keyboards}u`);
    return back.join('') + colorsOff;
  }

  /** What switches all of it again, on a terminal as it starts. */
  redo(): string {
    const again = Array.from(this.#changed, (mode) => `\x1b[?${mode}${usual.has(mode) ? 'l' : 'h'}`);
    if (this.#keypad) again.push('\x1b=');
    return again.join('');
  }

  #set(mode: number, on: boolean): void {
    if (on === usual.has(mode)) this.#changed.delete(mode);
    else this.#changed.add(mode);
  }

  #reset(): void {
    this.#changed.clear();
    this.#keypad = false;
    this.#keyboards = 0;
  }
}
