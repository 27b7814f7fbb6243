import { Counts } from '../counts.ts';
import { tooMany } from './too-many.ts';

/** How many bytes are held in memory at the same time. */
export interface HoldingsLimits {
  /** For one key: an account. */
  readonly each: number;
  readonly all: number;
}

/** What a request holds; see {@link Holdings}. */
export interface Holding {
  /** Counts so many bytes more. @throws PREFISH_LIMIT where there is no room for them at the moment */
  take(bytes: number): void;
  /** Gives all of them back. */
  release(): void;
}

/** Counts what arrived of requests and is in memory until they are answered, so that many at once do not fill it. */
export class Holdings {
  readonly #limits: HoldingsLimits;
  readonly #held = new Counts();
  #all = 0;

  constructor(limits: HoldingsLimits) {
    this.#limits = limits;
  }

  open(key: string): Holding {
    let own = 0;
    return {
      take: (bytes) => {
        this.#check(key, bytes);
        own += bytes;
        this.#add(key, bytes);
      },
      release: () => {
        this.#add(key, -own);
        own = 0;
      },
    };
  }

  #check(key: string, bytes: number): void {
    const { each, all } = this.#limits;
    if (this.#held.of(key) + bytes > each) {
      throw tooMany('This account sends too much at the same time.', 1);
    }
    if (this.#all + bytes > all) {
      throw tooMany('The server is sent too much at the same time.', 1);
    }
  }

  #add(key: string, bytes: number): void {
    this.#held.add(key, bytes);
    this.#all += bytes;
  }
}
