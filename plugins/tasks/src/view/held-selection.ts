import type { FoundTask } from '@prefish/core';

/** Whoever presses a key has not yet seen, within so many milliseconds, that another task is selected. */
const unseenMs = 500;

/** Whether a key is meant for the task that is selected: rows come and go by themselves, and it may be another one by now. */
export class HeldSelection {
  #shown: FoundTask | undefined;
  /** When it took the place of another one by itself, by `performance.now()`. */
  #movedAt = Number.NEGATIVE_INFINITY;
  #isByHand = false;

  /** The person has moved the selection. */
  byHand(): void {
    this.#isByHand = true;
    this.#movedAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes what is drawn as selected. */
  shows(selected: FoundTask | undefined): void {
    if (selected === undefined) return;
    const isAnother = this.#shown !== undefined && !isSame(selected, this.#shown);
    if (isAnother && !this.#isByHand) this.#movedAt = performance.now();
    this.#shown = selected;
    this.#isByHand = false;
  }

  /** Whether a key pressed now is meant for the task that is selected. One that was not is seen from now on. */
  isMeant(selected: FoundTask): boolean {
    if (this.#isByHand || this.#shown === undefined) return true;
    const isMeant = isSame(selected, this.#shown) && performance.now() - this.#movedAt >= unseenMs;
    this.byHand();
    return isMeant;
  }
}

function isSame(one: FoundTask, other: FoundTask): boolean {
  return one.task.id === other.task.id && one.source.id === other.source.id;
}
