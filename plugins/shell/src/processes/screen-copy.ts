import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LentTerminal } from '@prefish/core';

/** What a copy may do to the pseudo-terminal that it reads. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Whether the program at the other side has ended. */
  hasEnded(): boolean;
}

/** How much may wait for the screen before the program does. */
const patienceBytes = 256 * 1024;
const pollMs = 20;

/**
 * Copies what a program prints to the screen, at the speed of the screen. Reading and writing are
 * kept apart, and reading goes on once the program has ended, because node-pty destroys a
 * pseudo-terminal 200 ms after its program, read or not (microsoft/node-pty#72); what was in it by
 * then is not much, and is lost otherwise.
 */
export class ScreenCopy {
  readonly #screen: Pick<LentTerminal, 'write' | 'drained'>;
  readonly #source: Source;
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #watch: NodeJS.Timeout | undefined;
  #copying: Promise<void> | undefined;

  constructor(screen: Pick<LentTerminal, 'write' | 'drained'>, source: Source) {
    this.#screen = screen;
    this.#source = source;
  }

  take(data: Uint8Array): void {
    this.#queue.push(data);
    this.#bytes += data.length;
    if (this.#bytes > patienceBytes && this.#watch === undefined) this.#pause();
    if (this.#copying !== undefined) return;
    this.#copying = this.#copy();
    // A screen that fails is told by done(), which is asked only once the program has ended.
    this.#copying.catch(() => {});
  }

  /** Resolves when everything taken is on the screen. */
  async done(): Promise<void> {
    await this.#copying;
  }

  async #copy(): Promise<void> {
    while (this.#queue.length > 0) {
      await nextTurn();
      const isReady = this.#screen.write(Buffer.concat(this.#queue));
      this.#queue = [];
      this.#bytes = 0;
      if (!isReady) await this.#screen.drained();
      if (this.#bytes <= patienceBytes) this.#resume();
    }
    this.#copying = undefined;
  }

  #pause(): void {
    if (this.#source.hasEnded()) return;
    this.#source.pause();
    this.#watch = setInterval(() => {
      if (this.#source.hasEnded()) this.#resume();
    }, pollMs);
  }

  #resume(): void {
    if (this.#watch === undefined) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#source.resume();
  }
}
