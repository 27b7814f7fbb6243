import type { LentTerminal } from '@prefish/core';
import { createKeyDecoder, type KeyDecoder, type KeyPress } from '@prefish/screen';

/** The keys of a lent terminal, for one screen after another: what is typed between two of them goes to the second. */
export class Keyboard implements Disposable {
  readonly #decoder: KeyDecoder;
  readonly #typed: KeyPress[] = [];
  #listener: ((key: KeyPress) => void) | undefined;

  constructor(terminal: LentTerminal) {
    this.#decoder = createKeyDecoder((key) => {
      this.#typed.push(...keysOf(key));
      this.#deliver();
    });
    terminal.onInput((data) => this.#decoder.feed(data));
  }

  /** Gives `listener` every key from now on, those first that nobody has taken yet. */
  listen(listener: (key: KeyPress) => void): void {
    this.#listener = listener;
    this.#deliver();
  }

  /** Keeps the keys that come now for the next listener. */
  pause(): void {
    this.#listener = undefined;
  }

  [Symbol.dispose](): void {
    this.#listener = undefined;
    this.#decoder.close();
  }

  #deliver(): void {
    while (this.#listener !== undefined && this.#typed.length > 0) this.#listener(this.#typed.shift()!);
  }
}

/** Esc and a key after it come as the same bytes as Alt and that key. Lists have no use for Alt. */
function keysOf(key: KeyPress): readonly KeyPress[] {
  if (!key.meta) return [key];
  const escape: KeyPress = { name: 'escape', text: '', ctrl: false, meta: false, shift: false };
  return [escape, { ...key, meta: false, text: key.name.length === 1 && !key.ctrl ? key.name : '' }];
}
