/** How long after the key another one of it is the program's, in milliseconds. */
const twiceMs = 300;

/** What becomes of the keys. */
export interface LeaveKeyOptions {
  /** Called once when the key was pressed alone. */
  leave(): void;
  /** Gets everything that is the program's. */
  pass(data: Buffer): void;
  /** Whether the key is the program's now. */
  isTheirs?(): boolean;
}

/**
 * Tells the key that leaves a program from what is typed for the program. Pressed twice in a row it is
 * typed once: for readline, or a terminal multiplexer inside. In tmux whose own prefix it is, tmux does so
 * itself. In the middle of a paste it is a character like others.
 */
export class LeaveKey implements Disposable {
  readonly #byte: number | undefined;
  readonly #options: LeaveKeyOptions;
  #timer: NodeJS.Timeout | undefined;

  /** @param byte the control character that the key sends; without one there is no such key */
  constructor(byte: number | undefined, options: LeaveKeyOptions) {
    this.#byte = byte;
    this.#options = options;
  }

  take(data: Buffer): void {
    const isKey = data.length === 1 && data[0] === this.#byte && !this.#options.isTheirs?.();
    const waits = this.#timer !== undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isKey && !waits) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#options.leave();
      }, twiceMs);
      return;
    }
    // Typed fast behind the key: it has been pressed alone all the same.
    if (waits && !isKey) this.#options.leave();
    const isTwice = data.length === 2 && data.every((byte) => byte === this.#byte);
    this.#options.pass(isTwice && !this.#options.isTheirs?.() ? data.subarray(1) : data);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
