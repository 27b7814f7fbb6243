import { PrefishError, type AccessToken, type TokenScope } from '@prefish/protocol';
import { storeError } from '../store/store-error.ts';
import { issueToken, type IssuedToken } from './access-tokens.ts';
import { checkedAccountName } from './account-name.ts';
import { openAccountsFile, type AccountsFile, type AccountsSchema } from './accounts-file.ts';
import {
  readAudit,
  writeAudit,
  type AuditAction,
  type AuditDetails,
  type AuditEntry,
  type AuditQuery,
} from './audit.ts';
import { trimAudit, type AuditRetention } from './audit-retention.ts';
import { issueCode, useCode, type LoginCode } from './login-codes.ts';
import { matches, parseToken } from './secrets.ts';
import type { Kysely } from 'kysely';

/** How often it is written down that a token is used, in milliseconds. */
const touchInterval = 60_000;

/** An account, for whoever looks after the server. */
export interface ListedAccount {
  readonly name: string;
  readonly addedAt: string;
  readonly revokedAt?: string;
  readonly tokens: readonly Omit<AccessToken, 'current'>[];
}

/** Whose token was shown, and what it may do. */
export interface Grant {
  readonly account: string;
  readonly token: string;
  readonly scope: TokenScope;
}

/** Who may use a server: accounts, the codes and tokens that let them in, and the record of what they did. */
export class Accounts {
  readonly #file: AccountsFile;
  readonly #path: string;

  /**
   * Opens `accounts.db`; a command may change it while the server runs.
   *
   * @throws PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = openAccountsFile(path);
  }

  /** Rises with every change that another process has made. */
  version(): number {
    return this.#file.version();
  }

  /**
   * Adds an account, or lets one in again that was revoked: what it had is still there. The code lets in to do what
   * `scope` says.
   *
   * @throws PREFISH_ACCOUNT_INVALID
   */
  async add(name: string, scope: TokenScope = 'tasks'): Promise<LoginCode> {
    checkedAccountName(name);
    const addedAt = new Date().toISOString();
    return this.#write(async (db) => {
      const known = await db.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
      if (known !== undefined && known.revoked_at === null) {
        throw new PrefishError('PREFISH_ACCOUNT_INVALID', `There is an account ${name} already.`, {
          hint: `prefish users code ${name} prints a code for another machine.`,
        });
      }
      await db
        .insertInto('accounts')
        .values({ name, added_at: addedAt, revoked_at: null })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ added_at: addedAt, revoked_at: null }),
        )
        .execute();
      await writeAudit(db, 'account.added', { account: name });
      return issueCode(db, name, scope);
    });
  }

  /** A code for another machine of an account. @throws PREFISH_ACCOUNT_NOT_FOUND */
  async issueCode(name: string, scope: TokenScope): Promise<LoginCode> {
    return this.#write(async (db) => {
      await activeAccount(db, name);
      return issueCode(db, name, scope);
    });
  }

  /** A token of an account for a program that types no code. @throws PREFISH_ACCOUNT_NOT_FOUND */
  async issueToken(name: string, scope: TokenScope, device: string): Promise<IssuedToken> {
    return this.#write(async (db) => {
      await activeAccount(db, name);
      const issued = await issueToken(db, name, scope, device);
      await writeAudit(db, 'token.issued', { account: name, detail: `${issued.id} ${scope}` });
      return issued;
    });
  }

  /** Lets an account in no more: its codes and tokens are gone at once, its tasks stay. @throws PREFISH_ACCOUNT_NOT_FOUND */
  async revoke(name: string): Promise<void> {
    await this.#write(async (db) => {
      await activeAccount(db, name);
      await db
        .updateTable('accounts')
        .set({ revoked_at: new Date().toISOString() })
        .where('name', '=', name)
        .execute();
      for (const table of ['codes', 'tokens'] as const) {
        await db.deleteFrom(table).where('account', '=', name).execute();
      }
      await writeAudit(db, 'account.revoked', { account: name });
    });
  }

  /** Every account, by name. */
  async list(): Promise<readonly ListedAccount[]> {
    const { db } = this.#file;
    const accounts = await this.#read(db.selectFrom('accounts').selectAll().orderBy('name').execute());
    return Promise.all(
      accounts.map(async ({ name, added_at, revoked_at }) => ({
        name,
        addedAt: added_at,
        ...(revoked_at !== null && { revokedAt: revoked_at }),
        tokens: await this.tokens(name),
      })),
    );
  }

  /** Whether there are any that may use the server. */
  async isEmpty(): Promise<boolean> {
    const active = this.#file.db.selectFrom('accounts').select('name').where('revoked_at', 'is', null);
    return (await this.#read(active.executeTakeFirst())) === undefined;
  }

  /** Whether an account may use the server. */
  async isActive(name: string): Promise<boolean> {
    return (await this.activeSince(name)) !== undefined;
  }

  /** When an account was let in last; `undefined` for one that may not use the server. */
  async activeSince(name: string): Promise<string | undefined> {
    const account = this.#file.db.selectFrom('accounts').select('added_at').where('name', '=', name);
    return (await this.#read(account.where('revoked_at', 'is', null).executeTakeFirst()))?.added_at;
  }

  /** Uses a code up; resolves with whose it was. @throws PREFISH_LOGIN_CODE */
  async useCode(typed: string): Promise<{ readonly account: string; readonly scope: TokenScope }> {
    return this.#write((db) => useCode(db, typed));
  }

  /** Trades a code for a token, which is shown this once. @throws PREFISH_LOGIN_CODE */
  async login(code: string, device: string, address?: string): Promise<Grant & { readonly secret: string }> {
    return this.#write(async (db) => {
      const { account, scope } = await useCode(db, code);
      const { id, secret } = await issueToken(db, account, scope, device);
      await writeAudit(db, 'login', { account, token: id, address, detail: device });
      return { account, token: id, scope, secret };
    });
  }

  /** Whose token this is; `undefined` when it is none, or none any more. */
  async verify(shown: string): Promise<Grant | undefined> {
    const parts = parseToken(shown);
    if (parts === undefined) return undefined;
    const found = this.#file.db.selectFrom('tokens').selectAll().where('id', '=', parts.id);
    const row = await this.#read(found.executeTakeFirst());
    if (row === undefined || !matches(parts.secret, row.hash)) return undefined;
    if (Date.now() - Date.parse(row.last_used_at) > touchInterval) {
      // A full disk is no reason to let nobody in.
      await this.#touch(row.id).catch(() => {});
    }
    return { account: row.account, token: row.id, scope: row.scope };
  }

  /** Whether a token that was verified is still one. */
  async holds(id: string): Promise<boolean> {
    const found = this.#file.db.selectFrom('tokens').select('id').where('id', '=', id);
    return (await this.#read(found.executeTakeFirst())) !== undefined;
  }

  /** The tokens of an account, the newest first. */
  async tokens(account: string): Promise<readonly Omit<AccessToken, 'current'>[]> {
    const own = this.#file.db.selectFrom('tokens').selectAll().where('account', '=', account);
    const rows = await this.#read(own.orderBy('created_at', 'desc').execute());
    return rows.map(({ id, device, scope, created_at, last_used_at }) => ({
      id,
      device,
      scope,
      createdAt: created_at,
      lastUsedAt: last_used_at,
    }));
  }

  /** Ends a token of an account at once; false when it has none of that id. */
  async revokeToken(account: string, id: string, by: AuditDetails = {}): Promise<boolean> {
    return this.#write(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('tokens')
        .where('account', '=', account)
        .where('id', '=', id)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await writeAudit(db, 'token.revoked', { ...by, account, detail: id });
      return true;
    });
  }

  /** Writes down what was done; durable when it resolves. */
  async record(action: AuditAction, details: AuditDetails): Promise<void> {
    await this.#read(writeAudit(this.#file.db, action, details));
  }

  /** @throws PREFISH_ACCOUNT_NOT_FOUND for what never was an account */
  async checkKnown(name: string): Promise<void> {
    const found = this.#file.db.selectFrom('accounts').select('name').where('name', '=', name);
    if ((await this.#read(found.executeTakeFirst())) === undefined) throw noAccount(name);
  }

  /** What was done, the newest last. */
  audit(query: AuditQuery): Promise<readonly AuditEntry[]> {
    return this.#read(readAudit(this.#file.db, query));
  }

  /** Removes what is beyond the retention of the audit; says how many lines. */
  trimAudit(retention: AuditRetention, now: number = Date.now()): Promise<number> {
    return this.#write((db) => trimAudit(db, retention, now));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #touch(id: string): Promise<void> {
    const now = new Date().toISOString();
    await this.#read(
      this.#file.db.updateTable('tokens').set({ last_used_at: now }).where('id', '=', id).execute(),
    );
  }

  #write<T>(job: (db: Kysely<AccountsSchema>) => Promise<T>): Promise<T> {
    return this.#read(this.#file.db.transaction().execute(job));
  }

  async #read<T>(query: Promise<T>): Promise<T> {
    try {
      return await query;
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}

async function activeAccount(db: Kysely<AccountsSchema>, name: string): Promise<void> {
  const found = db.selectFrom('accounts').select('revoked_at').where('name', '=', name);
  const account = await found.executeTakeFirst();
  if (account === undefined) throw noAccount(name);
  if (account.revoked_at === null) return;
  throw new PrefishError('PREFISH_ACCOUNT_NOT_FOUND', `The account ${name} was revoked.`, {
    hint: `prefish users add ${name} lets it in again.`,
  });
}

function noAccount(name: string): PrefishError {
  return new PrefishError('PREFISH_ACCOUNT_NOT_FOUND', `There is no account ${name}.`, {
    hint: 'prefish users ls lists them.',
  });
}
