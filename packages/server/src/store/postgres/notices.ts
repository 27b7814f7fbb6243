import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Client } from 'pg';
import type { Log } from '../../log.ts';
import type { StoreChange } from '../store.ts';
import { toTask } from '../task-row.ts';
import { postgresClient, postgresClock } from './connect.ts';
import type { SharedSchema } from './schema.ts';
import type { Mark } from './witnesses.ts';

/** Where processes tell each other what they have written; one for each database. */
const channel = 'prefish';
/** How often the connection is tried, and how long an answer may take, in milliseconds. */
const [pingPause, pingTime] = [5000, 5000];
/** The pause before a lost connection is made again, in milliseconds. */
const reconnectPause = 200;
/** How much further back than the last answer it is looked for what was missed, in seconds. */
const margin = 5;

/** What a commit did, in short: `task` has to be read. */
type Kind = 'events' | 'task' | 'cancel' | 'removed' | 'input' | 'answered';

/** One notice: who wrote, what, of which task, and whose that is. */
type Notice = readonly [origin: string, kind: Kind, id: string, owner: string];

/** Tells and hears of messages and answers that are on their way to a worker. */
export interface InputNotice {
  readonly kind: 'input' | 'answered';
  /** The id of the task, or the number of the input. */
  readonly id: string;
}

/** Who is told. */
export interface NoticesOptions {
  readonly url: string;
  readonly db: Kysely<SharedSchema>;
  /** What another process has written. */
  readonly changed: (change: StoreChange) => void;
  readonly log: Log;
}

/**
 * What several processes tell each other of the database that they share, by LISTEN and NOTIFY. A notice is a
 * wake-up, and the tables have the rest; after a connection was lost, everything that may have changed meanwhile is
 * told as changed.
 */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #origin = randomUUID().slice(0, 8);
  readonly #inputListeners = new Set<(notice: InputNotice) => void>();
  #client: Client | undefined;
  #waiting: Notice[] = [];
  #reading: Promise<void> | undefined;
  #reconnecting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastAnswer: number = performance.now();
  #closed = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Begins to listen. @throws what `pg` throws where the database does not answer */
  async open(): Promise<void> {
    await this.#connect();
    this.#timer = setInterval(() => void this.#ping(), pingPause).unref();
  }

  /** Tells the others, once a transaction is committed, and has it leave its mark. Returns its number in the database. */
  async announce(db: Kysely<SharedSchema>, changes: readonly StoreChange[], mark: Mark): Promise<string> {
    const notices = changes.map((change): Notice => [this.#origin, kindOf(change), change.id, change.owner]);
    const { rows } = await sql<{ transaction: string }>`
      with mark as (
        insert into witnesses (slot, token, written_at) values (${mark.slot}, ${mark.token}, ${postgresClock})
        on conflict (slot) do update set token = excluded.token, written_at = excluded.written_at
      ) ${notification(notices)}`.execute(db);
    return rows[0]!.transaction;
  }

  /** Tells the others, this process included, of an input. */
  async announceInput(db: Kysely<SharedSchema>, { kind, id }: InputNotice): Promise<void> {
    await notification([[this.#origin, kind, id, '']]).execute(db);
  }

  /** Calls `listener` with each notice of an input; returns what stops it. */
  onInput(listener: (notice: InputNotice) => void): () => void {
    this.#inputListeners.add(listener);
    return () => void this.#inputListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#reconnecting;
    await this.#reading;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = postgresClient(this.#options.url);
    client.on('error', () => {});
    client.once('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => this.#heard(JSON.parse(payload) as Notice));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    this.#lastAnswer = performance.now();
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    this.#options.log('warn', 'the database has closed the connection that tells of changes');
    const since = this.#lastAnswer;
    this.#reconnecting ??= this.#reconnect(since).finally(() => (this.#reconnecting = undefined));
  }

  async #reconnect(since: number): Promise<void> {
    let told = false;
    while (!this.#closed && (!told || this.#client === undefined)) {
      try {
        if (this.#client === undefined) await this.#connect();
        await this.#tellWhatWasMissed((performance.now() - since) / 1000 + margin);
        told = true;
      } catch {
        await delay(reconnectPause);
      }
    }
    if (told) this.#options.log('info', 'the database tells of changes again');
  }

  /** Ends a connection that no longer answers: a host that is gone closes none. */
  async #ping(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const late = setTimeout(() => void client.end().catch(() => {}), pingTime);
    await client.query('select 1').then(
      () => (this.#lastAnswer = performance.now()),
      () => {},
    );
    clearTimeout(late);
  }

  #heard(notice: Notice): void {
    const [origin, kind, id] = notice;
    if (kind === 'input' || kind === 'answered') {
      for (const listener of this.#inputListeners) listener({ kind, id });
      return;
    }
    if (origin === this.#origin) return;
    this.#waiting.push(notice);
    this.#reading ??= this.#tellAll().finally(() => (this.#reading = undefined));
  }

  /** Notices that wait for a read are told together, each task once and as it is by then. */
  async #tellAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const notices = this.#waiting.splice(0);
      const changes = await this.#read(notices).catch((error: unknown) => {
        this.#options.log('error', 'it could not be read what has changed', { error: String(error) });
        // Read anew, with everything else, as after a connection that was lost.
        void this.#client?.end().catch(() => {});
        return [];
      });
      for (const change of changes) this.#options.changed(change);
    }
  }

  async #read(notices: readonly Notice[]): Promise<StoreChange[]> {
    const kinds = new Map<string, Set<Kind>>();
    const owners = new Map<string, string>();
    for (const [, kind, id, owner] of notices) {
      owners.set(id, owner);
      kinds.set(id, (kinds.get(id) ?? new Set()).add(kind));
    }
    const changed = [...kinds].flatMap(([id, of]) => (of.has('task') ? [id] : []));
    const rows =
      changed.length === 0
        ? []
        : await this.#options.db.selectFrom('tasks').selectAll().where('id', 'in', changed).execute();
    return [...kinds].map(([id, of]) => {
      const row = rows.find((one) => one.id === id);
      return {
        id,
        owner: owners.get(id)!,
        ...(row !== undefined && { task: toTask(row), seq: row.last_seq }),
        ...(of.has('cancel') && { cancelRequested: true }),
        ...(of.has('removed') && { removed: true }),
      };
    });
  }

  /** Everything that has not ended, and what has ended in the last so many seconds. */
  async #tellWhatWasMissed(seconds: number): Promise<void> {
    const since = sql<string>`to_char((now() - make_interval(secs => ${seconds})) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS')`;
    const rows = await this.#options.db
      .selectFrom('tasks')
      .selectAll()
      .where(({ or, eb }) => or([eb('ended_at', 'is', null), eb('ended_at', '>=', since)]))
      .execute();
    for (const row of rows) {
      this.#options.changed({
        id: row.id,
        owner: row.owner,
        task: toTask(row),
        seq: row.last_seq,
        ...(row.cancel_requested === 1 && { cancelRequested: true }),
      });
    }
  }
}

function notification(notices: readonly Notice[]): RawBuilder<{ transaction: string }> {
  const payloads = notices.map((notice) => JSON.stringify(notice));
  return sql`
    select pg_current_xact_id()::text as transaction, pg_notify(${channel}, payload)
    from unnest(${payloads}::text[]) as payload`;
}

function kindOf({ task, cancelRequested, removed }: StoreChange): Kind {
  if (removed) return 'removed';
  if (cancelRequested) return 'cancel';
  return task === undefined ? 'events' : 'task';
}
