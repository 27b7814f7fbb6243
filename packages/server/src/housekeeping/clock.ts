/** By how much the clock may differ from the time that has passed, in milliseconds. */
const tolerance = 3600_000;

/** Knows whether the clock can be believed when something is to go for its age. */
export class Clock {
  readonly #began = { wall: Date.now(), steady: performance.now() };

  /** Whether the clock was set forward since this was made: then things seem older than they are. */
  wasSetForward(): boolean {
    const passed = performance.now() - this.#began.steady;
    return Date.now() - this.#began.wall - passed > tolerance;
  }
}
