import type { DatabaseSync } from 'node:sqlite';
import type { TokenScope } from '@prefish/protocol';
import { Kysely, type Generated } from 'kysely';
import { openDatabaseFile } from '../store/database-file.ts';
import { sqliteDialect } from '../store/sqlite-dialect.ts';

/** Whoever may use the server. Times are ISO 8601 UTC. */
interface AccountTable {
  readonly name: string;
  readonly added_at: string;
  /** Since when it may not any more. */
  readonly revoked_at: string | null;
}

/** A code that waits to be used. */
interface CodeTable {
  readonly number: Generated<number>;
  readonly account: string;
  readonly scope: TokenScope;
  /** SHA-256 of the code. */
  readonly hash: Uint8Array;
  readonly expires_at: string;
}

/** What a device shows from its login on. */
interface TokenTable {
  readonly id: string;
  readonly account: string;
  readonly scope: TokenScope;
  readonly device: string;
  /** SHA-256 of its secret. */
  readonly hash: Uint8Array;
  readonly created_at: string;
  readonly last_used_at: string;
}

/** What was done, by whom. Only ever appended to. */
interface AuditTable {
  readonly number: Generated<number>;
  readonly at: string;
  readonly action: string;
  readonly account: string | null;
  readonly token: string | null;
  readonly task: string | null;
  readonly repo: string | null;
  readonly address: string | null;
  readonly detail: string | null;
}

/** The tables of `accounts.db`. */
export interface AccountsSchema {
  readonly accounts: AccountTable;
  readonly codes: CodeTable;
  readonly tokens: TokenTable;
  readonly audit: AuditTable;
}

/** Keeps lines of the audit where they are; what is too old goes in a transaction that lifts this. */
export const auditIsKept: string = `
  create trigger audit_is_kept before delete on audit begin
    select raise(abort, 'the audit is only appended to');
  end;
`;

/** What brings the file from each version to the next. Only ever appended to. */
export const migrations: readonly string[] = [
  `
  create table accounts (
    name text primary key,
    added_at text not null,
    revoked_at text
  ) strict, without rowid;

  create table codes (
    number integer primary key,
    account text not null references accounts (name) on delete cascade,
    scope text not null,
    hash blob not null,
    expires_at text not null
  ) strict;

  create table tokens (
    id text primary key,
    account text not null references accounts (name) on delete cascade,
    scope text not null,
    device text not null,
    hash blob not null,
    created_at text not null,
    last_used_at text not null
  ) strict, without rowid;
  create index tokens_by_account on tokens (account, created_at);

  create table audit (
    number integer primary key autoincrement,
    at text not null,
    action text not null,
    account text,
    token text,
    task text,
    repo text,
    address text,
    detail text
  ) strict;
  create index audit_by_account on audit (account, number);
  create trigger audit_stays before update on audit begin
    select raise(abort, 'the audit is only appended to');
  end;
  ${auditIsKept}
  `,
  `
  create index audit_by_time on audit (at);
  `,
];

/** The open file. */
export interface AccountsFile {
  readonly db: Kysely<AccountsSchema>;
  /** Rises with every change that another process has made. */
  version(): number;
  close(): Promise<void>;
}

/**
 * Opens the accounts of a server; several processes may at the same time. One connection is enough: what is
 * read and written is small.
 *
 * @throws PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
 */
export function openAccountsFile(path: string): AccountsFile {
  const { writer, reader } = openDatabaseFile(path, { migrations, checked: 'accounts' });
  reader.close();
  const db = new Kysely<AccountsSchema>({ dialect: sqliteDialect(writer) });
  return {
    db,
    version: () => dataVersion(writer),
    async close() {
      await db.destroy();
      // Kysely closes only what it has used.
      if (writer.isOpen) writer.close();
    },
  };
}

function dataVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma data_version').get()?.['data_version']);
}
