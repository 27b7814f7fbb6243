import { uptime } from 'node:os';

/** By how much the clock may differ from the time that has passed, in milliseconds. */
const tolerance = 3600_000;

/** Knows whether the clock can be believed when something is to go for its age. */
export class Clock {
  readonly #began = { wall: Date.now(), steady: steady() };

  /** Whether the clock was set forward since this was made: then things seem older than they are. */
  wasSetForward(): boolean {
    return Date.now() - this.#began.wall - this.passed() > tolerance;
  }

  /** How much time has passed since this was made, in milliseconds, whatever the clock was set to. */
  passed(): number {
    return steady() - this.#began.steady;
  }
}

/** Counts the time that the machine sleeps, as `performance.now()` does not: a laptop’s night is no jump of its clock. */
function steady(): number {
  return uptime() * 1000;
}
