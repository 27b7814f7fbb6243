import type { TokenScope } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { AccountsSchema } from './accounts-file.ts';
import { createToken, hashOf } from './secrets.ts';

/** A new token, which is shown this once; kept as a hash. */
export interface IssuedToken {
  /** What it is listed under. */
  readonly id: string;
  /** What its holder shows. */
  readonly secret: string;
}

/** Makes a token of an account for what calls itself `device`. */
export async function issueToken(
  db: Kysely<AccountsSchema>,
  account: string,
  scope: TokenScope,
  device: string,
): Promise<IssuedToken> {
  const { token, id, secret } = createToken();
  const now = new Date().toISOString();
  await db
    .insertInto('tokens')
    .values({ id, account, scope, device, hash: hashOf(secret), created_at: now, last_used_at: now })
    .execute();
  return { id, secret: token };
}
