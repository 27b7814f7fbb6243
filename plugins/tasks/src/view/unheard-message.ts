import type { KeyPress } from '@prefish/screen';

/** Letters that follow one another faster than this, in milliseconds, are being typed. */
const typing = 1000;

/** Who asks to send a message goes on to type it. Where the task takes none, its letters are not taken for keys. */
export class UnheardMessage {
  #last = -Infinity;

  begin(): void {
    this.#last = performance.now();
  }

  /** Whether a key is one of the message's. */
  holds({ text }: KeyPress): boolean {
    const isTyped = text !== '' && performance.now() - this.#last < typing;
    this.#last = isTyped ? performance.now() : -Infinity;
    return isTyped;
  }
}
