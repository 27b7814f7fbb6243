import { RateLimit, type Rate } from '../auth/rate-limit.ts';

/**
 * Counts the bytes of bodies that each account sends. A body counts as a whole or not at all: where what came of a
 * refused one counted, who sends it again would never have enough for all of it.
 */
export class SentBodies {
  readonly #rate: RateLimit;

  constructor(rate: Rate) {
    this.#rate = new RateLimit(rate);
  }

  /**
   * Begins a body.
   *
   * @param said How many bytes it has, 0 where nobody says
   * @returns what is told of each part how many bytes it has, and returns the seconds until there is room for the body,
   * 0 where there is
   */
  begin(account: string, said: number): (bytes: number) => number {
    let [come, counted] = [0, 0];
    return (bytes) => {
      come += bytes;
      const cost = Math.max(come, said) - counted;
      const seconds = this.#rate.take(account, { cost });
      if (seconds > 0) this.#rate.giveBack(account, counted);
      counted = seconds > 0 ? 0 : counted + cost;
      return seconds;
    };
  }
}
