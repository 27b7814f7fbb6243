import { PrefishError, type AccessToken, type Account } from '@prefish/protocol';
import { Hono } from 'hono';
import type { Accounts } from '../auth/accounts.ts';
import type { LiveGrants } from '../auth/live-grants.ts';
import type { AccountEnvironment } from './account-caller.ts';
import type { Quotas } from './quotas.ts';

/** What the routes of an account answer from. */
export interface AccountRoutesOptions {
  readonly accounts: Accounts;
  readonly grants: LiveGrants;
  readonly quotas: Quotas;
}

/** Everything below `/v1/account`: whose requests these are, and the tokens that let them in. */
export function accountRoutes({ accounts, grants, quotas }: AccountRoutesOptions): Hono<AccountEnvironment> {
  const app = new Hono<AccountEnvironment>();
  app.get('/', async (context) => {
    const { owner } = context.env.caller;
    const account: Account = { name: owner, limits: await quotas.of(owner) };
    return context.json(account);
  });
  app.get('/tokens', async (context) => {
    const { owner, token } = context.env.caller;
    const listed = await accounts.tokens(owner);
    const tokens: readonly AccessToken[] = listed.map((each) => ({ ...each, current: each.id === token }));
    return context.json({ tokens });
  });
  app.delete('/tokens/:id', async (context) => {
    const { owner, token, address } = context.env.caller;
    const asked = context.req.param('id');
    const id = asked === 'current' ? token : asked;
    if (id === undefined || !(await accounts.revokeToken(owner, id, { token, address }))) {
      throw new PrefishError('PREFISH_TOKEN_NOT_FOUND', 'The account has no token of that id (any more).');
    }
    await grants.check();
    return context.body(null, 204);
  });
  return app;
}
