import { sql, type Kysely } from 'kysely';
import { Clock } from '../housekeeping/clock.ts';
import type { Log } from '../log.ts';
import { auditIsKept, type AccountsSchema } from './accounts-file.ts';
import type { Accounts } from './accounts.ts';
import type { AuditAction } from './audit.ts';

/** How long the audit is kept. */
export interface AuditRetention {
  readonly days: number;
  /** Lines of one account; lines without one count as one more. Who was let in, and when, stays for its days. */
  readonly lines: number;
}

/** A year and what it takes to look into it; more than anybody does by hand. */
export const defaultAuditRetention: AuditRetention = { days: 400, lines: 100_000 };

/** What an account can do as often as it likes. */
const frequent: readonly AuditAction[] = [
  'login.refused',
  'result.fetched',
  'session.opened',
  'snapshot.pushed',
  'task.canceled',
  'task.removed',
  'task.submitted',
];

/** How often it is seen to, in milliseconds. */
const pause = 3600_000;

/** Removes the lines beyond the retention, and says how many those were. */
export async function trimAudit(
  db: Kysely<AccountsSchema>,
  { days, lines }: AuditRetention,
  now: number,
): Promise<number> {
  const before = new Date(now - days * 24 * 3600_000).toISOString();
  const names = (await db.selectFrom('accounts').select('name').execute()).map(({ name }) => name);
  let removed = 0n;
  // In the transaction of the caller nobody sees the table without its guard.
  await sql`drop trigger audit_is_kept`.execute(db);
  removed += (await db.deleteFrom('audit').where('at', '<', before).executeTakeFirst()).numDeletedRows;
  for (const account of [...names, null]) {
    const own = db.selectFrom('audit').select('number').where('account', 'is', account);
    const last = await own.orderBy('number', 'desc').offset(lines).limit(1).executeTakeFirst();
    if (last === undefined) continue;
    const { numDeletedRows } = await db
      .deleteFrom('audit')
      .where('account', 'is', account)
      .where('number', '<=', last.number)
      .where('action', 'in', frequent)
      .executeTakeFirst();
    removed += numDeletedRows;
  }
  await sql.raw(auditIsKept).execute(db);
  return Number(removed);
}

/** Keeps the audit of a server within its retention, until it is closed. */
export class AuditKeeper {
  readonly #accounts: Accounts;
  readonly #retention: AuditRetention;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #timer: NodeJS.Timeout;
  /** When the newest line was written that was there at the start. */
  #newest: number | undefined;
  #running: Promise<void>;

  constructor(accounts: Accounts, retention: Partial<AuditRetention>, log: Log) {
    this.#accounts = accounts;
    this.#retention = { ...defaultAuditRetention, ...retention };
    this.#log = log;
    this.#timer = setInterval(() => (this.#running = this.#running.then(() => this.#trim())), pause).unref();
    this.#running = this.#trim();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #trim(): Promise<void> {
    try {
      const lines = await this.#accounts.trimAudit(this.#retention, await this.#now());
      if (lines > 0) this.#log('info', 'old lines of the audit were removed', { lines });
    } catch (error) {
      this.#log('warn', 'the audit could not be trimmed', { error: String(error) });
    }
  }

  /** The time at least: a machine that starts in a wrong year would hold every line for too old. */
  async #now(): Promise<number> {
    this.#newest ??= Date.parse((await this.#accounts.audit({ limit: 1 }))[0]?.at ?? '') || Date.now();
    return Math.min(Date.now(), this.#newest + this.#clock.passed());
  }
}
