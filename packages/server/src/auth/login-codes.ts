import { plainLoginCode, PrefishError, type TokenScope } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { AccountsSchema } from './accounts-file.ts';
import { writeAudit } from './audit.ts';
import { createCode, hashOf, matches } from './secrets.ts';

/** How long a code may be used, in milliseconds: until whoever it is for has read the message that it came in. */
export const codeLifetime: number = 3600_000;
/** A code to log in with, once. */
export interface LoginCode {
  readonly code: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** A code for an account; kept as a hash. */
export async function issueCode(
  db: Kysely<AccountsSchema>,
  account: string,
  scope: TokenScope,
): Promise<LoginCode> {
  const code = createCode();
  const expiresAt = new Date(Date.now() + codeLifetime).toISOString();
  await db
    .insertInto('codes')
    .values({ account, scope, hash: hashOf(plainLoginCode(code)!), expires_at: expiresAt })
    .execute();
  await writeAudit(db, 'code.issued', { account, detail: scope });
  return { code, expiresAt };
}

/** Uses a code up; resolves with whose it was. Few wait at a time: it is compared with all of them. @throws PREFISH_LOGIN_CODE */
export async function useCode(
  db: Kysely<AccountsSchema>,
  typed: string,
): Promise<{ readonly account: string; readonly scope: TokenScope }> {
  await db.deleteFrom('codes').where('expires_at', '<=', new Date().toISOString()).execute();
  const plain = plainLoginCode(typed);
  const waiting = await db.selectFrom('codes').selectAll().execute();
  const [found] = plain === undefined ? [] : waiting.filter(({ hash }) => matches(plain, hash));
  if (found === undefined) {
    throw new PrefishError(
      'PREFISH_LOGIN_CODE',
      'This code was used already, is too old, or never was one.',
      { hint: 'Whoever looks after the server makes a new one: prefish users code NAME.' },
    );
  }
  await db.deleteFrom('codes').where('number', '=', found.number).execute();
  return { account: found.account, scope: found.scope };
}
