import { errorMessage } from '@prefish/protocol';
import { sql, type Kysely } from 'kysely';
import type { Log } from '../log.ts';
import type { Workers } from '../queue/waiting-reason.ts';
import { postgresClock } from '../store/postgres/connect.ts';
import type { SharedSchema } from '../store/postgres/schema.ts';

/** How often workers say that they are there, in milliseconds. */
const pause = 2000;
/** After how long, in seconds, one that says nothing counts as gone, and after how long it is forgotten. */
const [gone, forgotten] = [10, 3600];

/** The workers of a queue, and how many of them are at work, as of a moment ago. */
export class WorkerList {
  readonly #db: Kysely<SharedSchema>;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #own: { readonly name: string; readonly concurrency: number } | undefined;
  #workers: Workers = { busy: 0, all: 0 };
  readonly #running = new Map<string, number>();
  #refreshing: Promise<void> | undefined;

  constructor({ db, log }: { readonly db: Kysely<SharedSchema>; readonly log: Log }) {
    this.#db = db;
    this.#log = log;
    this.#timer = setInterval(() => void this.refresh(), pause).unref();
  }

  /** All workers together; none of them is any process’s own. */
  get workers(): Workers {
    return this.#workers;
  }

  /** How many tasks of an owner run, or wait for a person. */
  runningOf(owner: string): number {
    return this.#running.get(owner) ?? 0;
  }

  /** Says from now on that there is this worker too. */
  async join(name: string, concurrency: number): Promise<void> {
    this.#own = { name, concurrency };
    await this.refresh();
  }

  /** Says that this worker takes no more, though it may still run something. */
  async leave(): Promise<void> {
    if (this.#own === undefined) return;
    await this.#refreshing;
    await this.join(this.#own.name, 0);
  }

  /** Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh()
      .catch((error: unknown) =>
        this.#log('warn', 'the workers could not be counted', { error: errorMessage(error) }),
      )
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#refreshing;
    if (this.#own === undefined) return;
    const { name } = this.#own;
    await this.#db
      .deleteFrom('workers')
      .where('name', '=', name)
      .execute()
      .catch(() => {});
  }

  async #refresh(): Promise<void> {
    const db = this.#db;
    if (this.#own !== undefined) {
      const { name, concurrency } = this.#own;
      await db
        .insertInto('workers')
        .values({ name, concurrency, seen_at: postgresClock })
        .onConflict((known) => known.column('name').doUpdateSet({ concurrency, seen_at: postgresClock }))
        .execute();
      await db
        .deleteFrom('workers')
        .where('seen_at', '<', sql<number>`${postgresClock} - ${forgotten}`)
        .execute();
    }
    const { all } = await db
      .selectFrom('workers')
      .select(({ fn }) => fn.sum<number | null>('concurrency').as('all'))
      .where('seen_at', '>', sql<number>`${postgresClock} - ${gone}`)
      .executeTakeFirstOrThrow();
    const running = await db
      .selectFrom('tasks')
      .select(({ fn }) => ['owner', 'state', fn.countAll<number>().as('count')])
      .where('state', 'in', ['working', 'input-required'])
      .groupBy(['owner', 'state'])
      .execute();
    this.#running.clear();
    for (const { owner, count } of running) this.#running.set(owner, this.runningOf(owner) + count);
    const busy = sum(running.filter(({ state }) => state === 'working').map(({ count }) => count));
    this.#workers = { busy: Math.min(busy, all ?? 0), all: all ?? 0 };
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
