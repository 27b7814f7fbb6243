import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { postgresClock } from './connect.ts';
import type { SharedSchema } from './schema.ts';

/** What a transaction writes so that it can be recognized. */
export interface Mark {
  readonly slot: string;
  readonly token: number;
}

/** How long marks of processes that are gone stay, in seconds. */
const forgotten = 24 * 3600;

/**
 * The marks that transactions leave, by which it is seen what became of a commit that was not answered. The number of
 * a transaction is not enough: a database that crashes gives the numbers that it has lost again, to other ones.
 *
 * A process has as many rows as it has transactions at the same time; each is written over by the next.
 */
export class Witnesses {
  readonly #db: Kysely<SharedSchema>;
  readonly #process = randomUUID().slice(0, 18);
  readonly #free: string[] = [];
  #slots = 0;
  #tokens = 0;

  constructor(db: Kysely<SharedSchema>) {
    this.#db = db;
  }

  /** A mark that no other transaction has; its row is its own until it is released. */
  take(): Mark {
    const slot = this.#free.pop() ?? `${this.#process}/${(this.#slots += 1)}`;
    return { slot, token: (this.#tokens += 1) };
  }

  release({ slot }: Mark): void {
    this.#free.push(slot);
  }

  /** Whether the transaction that wrote a mark is committed, where its number says so. */
  async confirms({ slot, token }: Mark): Promise<boolean> {
    const row = this.#db.selectFrom('witnesses').select('token').where('slot', '=', slot);
    return (await row.executeTakeFirst())?.token === token;
  }

  /** Removes what processes left that are gone. */
  async forget(): Promise<void> {
    const before = sql<number>`${postgresClock} - ${forgotten}`;
    await this.#db.deleteFrom('witnesses').where('written_at', '<', before).execute();
  }
}
