import { PrefishError } from '@prefish/protocol';
import { cleanSchema } from '@prefish/protocol/schemas';
import { Hono } from 'hono';
import type { Housekeeping } from '../housekeeping/housekeeping.ts';
import type { ApiEnvironment, Caller } from './caller.ts';
import { readBody } from './request-body.ts';

/** What the disk is used for, and making room: for the one user of a server, not for one account among others. */
export function housekeepingRoutes(housekeeping: Housekeeping): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  app.get('/usage', async ({ env, req, json }) => {
    refuseAccounts(env.caller);
    return json(await housekeeping.usage(req.raw.signal));
  });
  app.post('/clean', async (context) => {
    refuseAccounts(context.env.caller);
    return context.json(await housekeeping.clean(await readBody(context, cleanSchema)));
  });
  return app;
}

function refuseAccounts({ owner }: Caller): void {
  if (owner === '') return;
  throw new PrefishError('PREFISH_FORBIDDEN', 'The disk of this server is looked after beside it.', {
    hint: 'prefish whoami says what this account takes.',
  });
}
