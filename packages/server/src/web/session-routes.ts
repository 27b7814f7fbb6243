import type { IncomingMessage } from 'node:http';
import { PrefishError } from '@prefish/protocol';
import { signInSchema } from '@prefish/protocol/schemas';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { longestOfStrangers, readBody } from '../api/request-body.ts';
import { idleLifetime, type Session, type Sessions } from './sessions.ts';
import type { SignInGrant } from './sign-in-codes.ts';

/** What a request of a browser is answered with. */
export interface PageVariables {
  /** The connection that it came over. */
  readonly Bindings: { readonly incoming?: IncomingMessage };
  readonly Variables: { session: Session };
}

/** The cookie that a session is shown by. */
export interface SessionCookie {
  /** Cookies are shared by all ports of a host: it holds the one of this page. */
  readonly name: string;
  /** Whether browsers send it over TLS alone. */
  readonly secure: boolean;
}

/** The session of a request, by its cookie. */
export function sessionOf(context: Context, sessions: Sessions, cookie: SessionCookie): Session | undefined {
  const token = getCookie(context, cookie.name);
  return token === undefined ? undefined : sessions.find(token);
}

/** `POST /v1/sessions`: exchanges a code for a cookie that no script can read. */
export function signIn(options: {
  readonly sessions: Sessions;
  /** Uses a code up. */
  readonly exchange: (code: string, context: Context<PageVariables>) => Promise<SignInGrant>;
  readonly cookie: SessionCookie;
}): (context: Context<PageVariables>) => Promise<Response> {
  const { sessions, exchange, cookie } = options;
  return async (context) => {
    const { code } = await readBody(context, signInSchema, longestOfStrangers);
    const grant = await exchange(code, context);
    const known = sessionOf(context, sessions, cookie);
    let id = known?.account === grant.account && known.scope === grant.scope ? known.id : undefined;
    if (id === undefined) {
      const created = await sessions.create(grant, context.req.header('user-agent') ?? '');
      id = created.id;
      setCookie(context, cookie.name, created.token, {
        httpOnly: true,
        sameSite: 'Strict',
        secure: cookie.secure,
        path: '/',
        maxAge: idleLifetime / 1000,
      });
    }
    return context.json(
      sessions.list({ ...grant, id }).find(({ current }) => current),
      201,
    );
  };
}

/** What a browser that is signed in sees of the others, and how it ends one. */
export function sessionRoutes(sessions: Sessions, cookie: SessionCookie): Hono<PageVariables> {
  const app = new Hono<PageVariables>();
  app.get('/', (context) => context.json({ sessions: sessions.list(context.get('session')) }));
  app.delete('/:id', async (context) => {
    const { id: current, account, scope } = context.get('session');
    const asked = context.req.param('id');
    const id = asked === 'current' ? current : asked;
    if (scope === 'read' && id !== current) {
      throw new PrefishError('PREFISH_FORBIDDEN', 'This browser may only look: it signs out no other one.');
    }
    await sessions.revoke(account, id);
    if (id === current) {
      deleteCookie(context, cookie.name, { path: '/', secure: cookie.secure });
      // Not the cookies: those of other ports of this host are not ours.
      context.header('clear-site-data', '"cache", "storage"');
    }
    return context.body(null, 204);
  });
  return app;
}
