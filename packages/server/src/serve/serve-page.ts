import type { HttpBindings } from '@hono/node-server';
import { PrefishError, isPrefishError } from '@prefish/protocol';
import type { Context, Hono } from 'hono';
import type { Accounts } from '../auth/accounts.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Log } from '../log.ts';
import { createPageApp } from '../web/page-app.ts';
import { PageFiles } from '../web/page-files.ts';
import type { PageVariables } from '../web/session-routes.ts';
import type { Session, Sessions } from '../web/sessions.ts';
import type { SignInCodes, SignInGrant } from '../web/sign-in-codes.ts';
import type { AccountCaller, AccountEnvironment } from './account-caller.ts';
import { addressGroup, clientAddress } from './client-address.ts';
import { ownOrigin } from './own-origin.ts';
import type { ServeOptions } from './serve-options.ts';
import { refuseTooMany } from './too-many.ts';

/** What the page of a server over the network is answered from. */
export interface ServePageOptions {
  readonly serve: ServeOptions;
  readonly account: Hono<AccountEnvironment>;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** The codes that somebody who is logged in asked for, to sign a browser in. */
  readonly codes: SignInCodes;
  readonly attempts: RateLimit;
  /** Writes down that a code from this address was none. */
  readonly refused: (address: string) => Promise<void>;
  readonly log: Log;
}

/** The page for those who have an account: a browser is let in by a code, and has what its account has. */
export function servePage(options: ServePageOptions): {
  fetch(request: Request, environment: HttpBindings): Response | Promise<Response>;
} {
  const { serve, account, accounts, sessions, codes, attempts, refused, log } = options;
  const behindProxy = serve.behindProxy === true;
  const secure = serve.tls !== undefined || behindProxy;
  const addressOf = ({ env }: Context<PageVariables>): string => clientAddress(env.incoming, behindProxy);

  const exchange = async (code: string, context: Context<PageVariables>): Promise<SignInGrant> => {
    const address = addressOf(context);
    refuseTooMany(attempts.take(addressGroup(address)), 'Too many codes were tried from this address.');
    const grant = await useEither(code, codes, accounts).catch(async (error: unknown) => {
      await refused(address);
      throw error;
    });
    const since = await accounts.activeSince(grant.account);
    await sessions.revokeOlder(grant.account, since);
    await accounts.record('session.opened', { account: grant.account, address });
    return { ...grant, ...(since !== undefined && { since }) };
  };

  const api = async (
    request: Request,
    session: Session,
    context: Context<PageVariables>,
  ): Promise<Response> => {
    const { account: owner, scope } = session;
    const since = await accounts.activeSince(owner);
    if (since === undefined || since !== session.since) {
      await sessions.revokeOlder(owner, since);
      throw new PrefishError('PREFISH_SIGNED_OUT', 'This account was revoked.');
    }
    const address = addressOf(context);
    const caller: AccountCaller = {
      owner,
      scope,
      isBrowser: true,
      origin: ownOrigin(context, serve),
      address,
      record: (action, details) => accounts.record(action, { ...details, account: owner, address }),
    };
    return account.fetch(request, { ...context.env, caller });
  };

  return createPageApp({
    api,
    files: new PageFiles(),
    sessions,
    exchange,
    // Cookies of a host are shared by all of its ports; `__Host-` says that nothing but this host, over TLS, has set it.
    cookie: { name: secure ? '__Host-prefish' : `prefish-${serve.listen.port}`, secure },
    origin: (context) => ownOrigin(context, serve),
    log,
  });
}

/** Uses up a code from `prefish tasks open`, or one from `prefish users add`. @throws PREFISH_SIGN_IN_CODE */
async function useEither(code: string, codes: SignInCodes, accounts: Accounts): Promise<SignInGrant> {
  try {
    return codes.use(code);
  } catch (unknown) {
    try {
      return await accounts.useCode(code);
    } catch (error) {
      throw isPrefishError(error) && error.code === 'PREFISH_LOGIN_CODE' ? unknown : error;
    }
  }
}
