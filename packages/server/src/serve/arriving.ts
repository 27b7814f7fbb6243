import { Counts } from '../counts.ts';

/** How much more than its room a push may send before it is cut off, in bytes: git says by itself what is too large. */
const slack = 2 ** 20;

/** Counts what the pushes of each account have brought so far, so that several together bring no more than one may. */
export class Arriving {
  readonly #bytes = new Counts();

  /** What has come of the pushes of an account that are under way. */
  of(account: string): number {
    return this.#bytes.of(account);
  }

  /** Begins to count a push; `take` says whether what has come fits into the room that the account had for all. */
  begin(account: string, room: number): { take(bytes: number): boolean; end(): void } {
    let own = 0;
    return {
      take: (bytes) => {
        own += bytes;
        this.#bytes.add(account, bytes);
        return this.of(account) <= room + slack;
      },
      end: () => {
        this.#bytes.add(account, -own);
        own = 0;
      },
    };
  }
}
