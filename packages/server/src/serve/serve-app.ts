import type { HttpBindings } from '@hono/node-server';
import { PrefishError, type Login } from '@prefish/protocol';
import { loginSchema } from '@prefish/protocol/schemas';
import { type Context, Hono } from 'hono';
import type { ApiEnvironment } from '../api/caller.ts';
import { onError, unknownRoute } from '../api/problems.ts';
import { longestOfStrangers, readBody } from '../api/request-body.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Log } from '../log.ts';
import type { AccountCaller, AccountEnvironment } from './account-caller.ts';
import { addressGroup, clientAddress } from './client-address.ts';
import { ownOrigin } from './own-origin.ts';
import type { Quotas } from './quotas.ts';
import type { ServeOptions } from './serve-options.ts';
import { refuseTooMany } from './too-many.ts';

/** What a request is answered from, before anybody knows whose it is. */
export interface ServeAppOptions {
  readonly serve: ServeOptions;
  readonly accounts: Accounts;
  readonly quotas: Quotas;
  readonly api: Hono<ApiEnvironment>;
  /** What somebody who has an account may ask for. */
  readonly account: Hono<AccountEnvironment>;
  /** The page, which asks browsers for a session of its own. */
  readonly page: { fetch(request: Request, environment: HttpBindings): Response | Promise<Response> };
  /** How often an address may try a code, or come without a token that is one. */
  readonly attempts: RateLimit;
  readonly strangers: RateLimit;
  /** Writes down that a code from this address was none. */
  readonly refused: (address: string) => Promise<void>;
  readonly log: Log;
}

/** What a server over the network answers: who is asking is found out here, and nothing behind asks again. */
export function createServeApp(options: ServeAppOptions): Hono<{ Bindings: HttpBindings }> {
  const { serve, accounts, quotas, api, account, page, attempts, strangers, refused, log } = options;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const addressOf = ({ env }: Context<{ Bindings: HttpBindings }>): string =>
    clientAddress(env.incoming, serve.behindProxy === true);

  for (const path of ['/healthz', '/readyz', '/openapi.json']) {
    app.get(path, (context) => {
      refuseTooMany(strangers.take(addressGroup(addressOf(context))), 'Too many requests from this address.');
      return api.fetch(context.req.raw);
    });
  }
  app.post('/v1/logins', async (context) => {
    const address = addressOf(context);
    refuseTooMany(attempts.take(addressGroup(address)), 'Too many codes were tried from this address.');
    const { code, device } = await readBody(context, loginSchema, longestOfStrangers);
    try {
      const grant = await accounts.login(code, device, address);
      const login: Login = {
        token: grant.secret,
        account: { name: grant.account, limits: await quotas.of(grant.account) },
      };
      return context.json(login, 201);
    } catch (error) {
      await refused(address);
      throw error;
    }
  });

  app.use(async (context, next) => {
    const token = bearerToken(context);
    if (token === undefined) return next();
    const grant = await accounts.verify(token);
    const address = addressOf(context);
    if (grant === undefined) {
      refuseTooMany(strangers.take(addressGroup(address)), 'Too many requests without a valid token.');
      throw new PrefishError(
        'PREFISH_LOGIN_REQUIRED',
        'This token is not one of this server, or was revoked.',
        {
          hint: `prefish login ${ownOrigin(context, serve)}`,
        },
      );
    }
    const caller: AccountCaller = {
      owner: grant.account,
      scope: grant.scope,
      token: grant.token,
      origin: ownOrigin(context, serve),
      address,
      record: (action, details) =>
        accounts.record(action, { ...details, account: grant.account, token: grant.token, address }),
    };
    return account.fetch(context.req.raw, { ...context.env, caller });
  });

  app.use(async (context, next) => {
    refuseTooMany(strangers.take(addressGroup(addressOf(context))), 'Too many requests from this address.');
    await next();
  });
  app.get('/v1/info', async (context, next) => {
    if (isBrowser(context)) return next();
    const { version, protocol, place } = (await (
      await api.fetch(context.req.raw, { caller: nobody })
    ).json()) as Record<string, unknown>;
    return context.json({ version, protocol, place });
  });
  app.all('*', (context) => {
    const { path } = context.req;
    const closed = path.startsWith('/v1/') ? !isBrowser(context) : /^\/(git|metrics)(\/|$)/.test(path);
    if (!closed) return page.fetch(context.req.raw, context.env);
    throw new PrefishError('PREFISH_LOGIN_REQUIRED', 'This server asks who this is.', {
      hint: `prefish login ${ownOrigin(context, serve)}`,
    });
  });
  app.notFound(unknownRoute);
  app.onError(onError(log));
  return app;
}

/** Somebody who owns nothing. No account has this name. */
const nobody = { owner: '', record: async (): Promise<void> => {} };

/** RFC 6750, section 2.1. */
function bearerToken({ req }: Context): string | undefined {
  const shown = req.header('authorization');
  return shown === undefined ? undefined : (/^Bearer +(.+)$/i.exec(shown)?.[1] ?? '');
}

/** Whether the page asks: browsers say with each request where it comes from, and show their cookies. */
function isBrowser({ req }: Context): boolean {
  return (
    req.header('sec-fetch-site') !== undefined ||
    req.header('origin') !== undefined ||
    req.header('cookie') !== undefined
  );
}
