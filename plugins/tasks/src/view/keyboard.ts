import type { LentTerminal } from '@prefish/core';
import { createKeyDecoder, type KeyDecoder, type KeyPress } from '@prefish/screen';

/** The keys of a lent terminal, for one screen after another: what is typed between two of them goes to the second. */
export class Keyboard implements Disposable {
  readonly #decoder: KeyDecoder;
  readonly #typed: KeyPress[] = [];
  #listener: ((key: KeyPress) => void) | undefined;
  /** What has come of the bytes that are being read. */
  #chunk: KeyPress[] | undefined;

  constructor(terminal: LentTerminal) {
    this.#decoder = createKeyDecoder((key) => {
      if (this.#chunk === undefined) this.#take(keysOf(key));
      else this.#chunk.push(...keysOf(key));
    });
    terminal.onInput((data) => {
      this.#chunk = [];
      this.#decoder.feed(data);
      const keys = this.#chunk;
      this.#chunk = undefined;
      this.#take(withBursts(keys));
    });
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

  #take(keys: readonly KeyPress[]): void {
    this.#typed.push(...keys);
    this.#deliver();
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

/**
 * Nobody presses several letters at a time: those that come in one chunk are a text, and one key named `paste`. A
 * letter that is held down comes so, too, where the line is slow: one letter again and again is many keys.
 */
function withBursts(keys: readonly KeyPress[]): readonly KeyPress[] {
  const runs: KeyPress[][] = [];
  for (const key of keys) {
    const run = runs.at(-1);
    if (run !== undefined && isLetter(key) && isLetter(run[0]!)) run.push(key);
    else runs.push([key]);
  }
  return runs.flatMap((run) =>
    run.every(({ text }) => text === run[0]!.text)
      ? run
      : [{ ...run[0]!, name: 'paste', text: run.map(({ text }) => text).join('') }],
  );
}

function isLetter({ text, name }: KeyPress): boolean {
  return text !== '' && name !== 'paste';
}
