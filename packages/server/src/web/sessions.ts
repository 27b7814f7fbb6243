import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '@prefish/durable';
import { PrefishError, type PageSession } from '@prefish/protocol';
import type { Log } from '../log.ts';
import { hashOf, type SignInGrant } from './sign-in-codes.ts';

const day = 24 * 3600_000;
/** How long a browser stays signed in after it was last used, in milliseconds. */
export const idleLifetime: number = 30 * day;
/** How often it is written down that a session is used, in milliseconds. */
const touchInterval = 3600_000;
/** How many browsers of an account may be signed in; the one that was used longest ago makes room. */
const mostSessions = 50;

/** A session as it is kept: its token is not. */
interface KeptSession extends Omit<PageSession, 'current' | 'expiresAt'>, Partial<SignInGrant> {
  readonly hash: string;
}

/** A session that was shown to be one. */
export interface Session extends SignInGrant {
  readonly id: string;
  /** Aborted when it is revoked, or has ended: what it follows live ends then. */
  readonly signal: AbortSignal;
}

/** The browsers that are signed in, in a file for its owner alone: they stay so when the server starts again. */
export class Sessions {
  readonly #path: string;
  readonly #log: Log;
  readonly #sessions = new Map<string, KeptSession>();
  readonly #ended = new Map<string, AbortController>();
  #writing: Promise<void> = Promise.resolve();

  constructor({ path, log }: { readonly path: string; readonly log: Log }) {
    this.#path = path;
    this.#log = log;
    for (const session of readSessions(path, log)) this.#sessions.set(session.id, session);
    this.#forgetOld();
  }

  /** Signs a browser in. Resolves with the token that it shows from then on, once that survives a crash. */
  async create(
    { account, scope, since }: SignInGrant,
    browser: string,
  ): Promise<{ readonly id: string; readonly token: string }> {
    this.#forgetOld();
    const oldest = this.#of(account).sort((a, b) => a.lastUsedAt.localeCompare(b.lastUsedAt));
    for (const { id } of oldest.slice(0, Math.max(0, oldest.length - mostSessions + 1))) this.#drop(id);
    const token = randomBytes(32).toString('base64url');
    const id = randomBytes(9).toString('base64url');
    const now = new Date().toISOString();
    this.#sessions.set(id, {
      id,
      account,
      scope,
      ...(since !== undefined && { since }),
      hash: hashOf(token),
      browser: browser.slice(0, 300),
      createdAt: now,
      lastUsedAt: now,
    });
    await this.#write();
    return { id, token };
  }

  /** The session of a token; `undefined` when it is of none, or of one that is over. */
  find(token: string): Session | undefined {
    this.#forgetOld();
    const hash = hashOf(token);
    const session = [...this.#sessions.values()].find((kept) => kept.hash === hash);
    if (session === undefined) return undefined;
    this.#touch(session);
    const { id, account = '', scope = 'tasks', since } = session;
    return { id, account, scope, ...(since !== undefined && { since }), signal: this.#endOf(id).signal };
  }

  /** Those of the account whose session asks, newest first. */
  list({ id: current, account }: Pick<Session, 'id' | 'account'>): readonly PageSession[] {
    this.#forgetOld();
    return this.#of(account)
      .reverse()
      .map(({ id, browser, createdAt, lastUsedAt }) => ({
        id,
        browser,
        createdAt,
        lastUsedAt,
        expiresAt: new Date(Date.parse(lastUsedAt) + idleLifetime).toISOString(),
        current: id === current,
      }));
  }

  /** Signs a browser of an account out at once. @throws PREFISH_SESSION_NOT_FOUND */
  async revoke(account: string, id: string): Promise<void> {
    if (!this.#of(account).some((session) => session.id === id)) {
      throw new PrefishError('PREFISH_SESSION_NOT_FOUND', 'That browser is not signed in (any more).');
    }
    this.#drop(id);
    await this.#write();
  }

  /** Signs every browser of an account out that was not signed in since it was let in last. */
  async revokeOlder(account: string, since: string | undefined): Promise<void> {
    const own = this.#of(account).filter((session) => session.since === undefined || session.since !== since);
    for (const { id } of own) this.#drop(id);
    if (own.length > 0) await this.#write();
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #of(account: string): KeptSession[] {
    return [...this.#sessions.values()].filter((session) => (session.account ?? '') === account);
  }

  #touch(session: KeptSession): void {
    if (Date.now() - Date.parse(session.lastUsedAt) < touchInterval) return;
    this.#sessions.set(session.id, { ...session, lastUsedAt: new Date().toISOString() });
    this.#write().catch((error: unknown) =>
      this.#log('warn', 'the use of a session was not written down', { error: String(error) }),
    );
  }

  #forgetOld(): void {
    for (const { id, lastUsedAt } of this.#sessions.values()) {
      if (Date.parse(lastUsedAt) + idleLifetime <= Date.now()) this.#drop(id);
    }
  }

  #drop(id: string): void {
    this.#sessions.delete(id);
    this.#ended.get(id)?.abort();
    this.#ended.delete(id);
  }

  #endOf(id: string): AbortController {
    const known = this.#ended.get(id) ?? new AbortController();
    this.#ended.set(id, known);
    return known;
  }

  #write(): Promise<void> {
    const write = (): Promise<void> =>
      writeDurably(this.#path, `${JSON.stringify([...this.#sessions.values()])}\n`);
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => {});
    return written;
  }
}

/** A file that cannot be read signs everybody out: `prefish tasks open` lets them in again. */
function readSessions(path: string, log: Log): readonly KeptSession[] {
  if (!existsSync(path)) return [];
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KeptSession[];
  } catch (error) {
    log('warn', 'the sessions of browsers could not be read; they have to sign in again', {
      error: String(error),
    });
    return [];
  }
}
