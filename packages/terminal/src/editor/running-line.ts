import type { Event } from '@prefish/core';
import type { Style } from '@prefish/screen';
import { RunningStatus } from './running-status.ts';

/** Most lines have ended by then: a frame that came and went would only flicker. */
const frameDelayMs = 150;
const spinnerMs = 100;

/** Where a {@link RunningLine} is shown. */
export interface RunningLineOptions {
  readonly style: Style;
  readonly show: () => void;
  readonly draw: () => void;
}

/** A line that runs: the frame comes back below what it prints when it takes long, and says what it does. */
export class RunningLine {
  readonly #status: RunningStatus;
  readonly #show: () => void;
  readonly #draw: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor({ style, show, draw }: RunningLineOptions) {
    this.#status = new RunningStatus(style);
    this.#show = show;
    this.#draw = draw;
  }

  observe(event: Event): void {
    this.#status.observe(event);
  }

  /** The line was told to stop. */
  stop(): void {
    this.#status.stop();
  }

  row(columns: number): string {
    return this.#status.row(columns);
  }

  /** Has the frame come back: at once for whoever types already, who would see their line go and come. */
  appear({ isTyping }: { readonly isTyping: boolean }): void {
    this.disappear();
    if (isTyping) this.#appearNow();
    else this.#timer = setTimeout(() => this.#appearNow(), frameDelayMs);
  }

  disappear(): void {
    clearTimeout(this.#timer);
  }

  #appearNow(): void {
    this.#show();
    this.#timer = setInterval(() => {
      this.#status.turn();
      this.#draw();
    }, spinnerMs);
  }
}
