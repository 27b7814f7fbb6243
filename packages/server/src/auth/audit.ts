import type { Kysely } from 'kysely';
import type { AccountsSchema } from './accounts-file.ts';

/** What is written down. */
export type AuditAction =
  | 'account.added'
  | 'account.revoked'
  | 'code.issued'
  | 'login'
  | 'login.refused'
  | 'session.opened'
  | 'token.issued'
  | 'token.revoked'
  | 'task.submitted'
  | 'task.canceled'
  | 'task.removed'
  | 'result.fetched'
  | 'snapshot.pushed';

/** What it was done to, and from where. Never a secret, nor what a task runs. */
export interface AuditDetails {
  readonly account?: string | undefined;
  /** The id of the token that was shown. */
  readonly token?: string | undefined;
  readonly task?: string | undefined;
  readonly repo?: string | undefined;
  readonly address?: string | undefined;
  readonly detail?: string | undefined;
}

/** A line of the audit. */
export interface AuditEntry extends AuditDetails {
  readonly number: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly action: AuditAction;
}

/** Which lines {@link readAudit} returns. */
export interface AuditQuery {
  readonly account?: string | undefined;
  /** The newest so many. */
  readonly limit: number;
}

/** Writes one line; durable when it resolves. */
export async function writeAudit(
  db: Kysely<AccountsSchema>,
  action: AuditAction,
  details: AuditDetails,
): Promise<void> {
  const { account, token, task, repo, address, detail } = details;
  await db
    .insertInto('audit')
    .values({
      at: new Date().toISOString(),
      action,
      account: account ?? null,
      token: token ?? null,
      task: task ?? null,
      repo: repo ?? null,
      address: address ?? null,
      detail: detail ?? null,
    })
    .execute();
}

/** The newest lines, in the order in which they were written. */
export async function readAudit(
  db: Kysely<AccountsSchema>,
  { account, limit }: AuditQuery,
): Promise<readonly AuditEntry[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(account !== undefined, (audit) => audit.where('account', '=', account!))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows
    .reverse()
    .map(
      (row) =>
        Object.fromEntries(
          Object.entries(row).filter(([, value]) => value !== null),
        ) as unknown as AuditEntry,
    );
}
