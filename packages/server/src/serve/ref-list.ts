/** Reads the list of refs that a push begins with, as gitprotocol-pack(5) has it, to know how long it is: git keeps all of it in memory. */
export class RefList {
  /** Of what has come, in bytes; what follows the list does not count. */
  length = 0;
  #isOver = false;
  #head = '';
  #left = 0;

  take(part: Uint8Array): void {
    for (let at = 0; at < part.length && !this.#isOver;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, part.length - at);
        this.#left -= step;
        this.length += step;
        at += step;
        continue;
      }
      this.#head += String.fromCharCode(part[at]!);
      at += 1;
      if (this.#head.length < 4) continue;
      const size = Number.parseInt(this.#head, 16);
      this.#head = '';
      this.length += 4;
      // The end of the list, or what git refuses.
      if (size > 4) this.#left = size - 4;
      else this.#isOver = true;
    }
  }
}
