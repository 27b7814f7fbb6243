import { holdsUpOthers } from './trouble.ts';

/**
 * How long to wait before a server is tried again, in milliseconds: twice as long each time, up to a minute for one
 * that is away, which costs nothing to ask, and up to an hour where something else fails, which may be a large upload.
 */
const pauseMs = { first: 1000, away: 60_000, most: 3600_000 };

/** The pauses between attempts to deliver what waits for one server. */
export class Pauses {
  #attempt = 0;
  #waiting: ReadonlySet<string> = new Set();

  /**
   * The pause after an attempt, in milliseconds: the first again where something went out or came since the last one,
   * as it does not wait behind the trouble of another.
   *
   * @param waiting The ids of what waits still
   * @param errors Why it does
   */
  after(waiting: readonly string[], errors: readonly unknown[]): number {
    if (this.hasNew(waiting) || waiting.length < this.#waiting.size) this.#attempt = 0;
    this.#waiting = new Set(waiting);
    const most = errors.every(holdsUpOthers) ? pauseMs.away : pauseMs.most;
    const pause = Math.min(pauseMs.first * 2 ** this.#attempt, most);
    this.#attempt += 1;
    return pause;
  }

  /** Whether something waits that did not at the last attempt: the pause is over then. */
  hasNew(waiting: readonly string[]): boolean {
    return waiting.some((id) => !this.#waiting.has(id));
  }
}
