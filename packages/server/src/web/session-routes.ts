import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { PrefishError } from '@prefish/protocol';
import { signInSchema } from '@prefish/protocol/schemas';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { readBody } from '../api/request-body.ts';
import { isStranger } from './peer-user.ts';
import { idleLifetime, type Session, type Sessions } from './sessions.ts';
import type { SignInCodes } from './sign-in-codes.ts';

/** What a request of a browser is answered with. */
export interface PageVariables {
  /** The connection that it came over. */
  readonly Bindings: { readonly incoming?: IncomingMessage };
  readonly Variables: { session: Session };
}

/** The session of a request, by its cookie. */
export function sessionOf(context: Context, sessions: Sessions, cookie: string): Session | undefined {
  const token = getCookie(context, cookie);
  return token === undefined ? undefined : sessions.find(token);
}

/** `POST /v1/sessions`: exchanges a code for a cookie that no script can read. */
export function signIn(options: {
  readonly sessions: Sessions;
  readonly codes: SignInCodes;
  readonly cookie: string;
}): (context: Context<PageVariables>) => Promise<Response> {
  const { sessions, codes, cookie } = options;
  return async (context) => {
    const { code } = await readBody(context, signInSchema);
    await refuseStrangers(context.env.incoming?.socket);
    codes.use(code);
    let id = sessionOf(context, sessions, cookie)?.id;
    if (id === undefined) {
      const created = await sessions.create(context.req.header('user-agent') ?? '');
      id = created.id;
      setCookie(context, cookie, created.token, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: idleLifetime / 1000,
      });
    }
    return context.json(
      sessions.list(id).find(({ current }) => current),
      201,
    );
  };
}

async function refuseStrangers(socket: Socket | undefined): Promise<void> {
  const { remotePort, localPort } = socket ?? {};
  if (remotePort === undefined || localPort === undefined) return;
  if (!(await isStranger({ remotePort, localPort }))) return;
  throw new PrefishError('PREFISH_SIGN_IN_CODE', 'This page belongs to another user of this machine.');
}

/** What a browser that is signed in sees of the others, and how it ends one. */
export function sessionRoutes(sessions: Sessions, cookie: string): Hono<PageVariables> {
  const app = new Hono<PageVariables>();
  app.get('/', (context) => context.json({ sessions: sessions.list(context.get('session').id) }));
  app.delete('/:id', async (context) => {
    const current = context.get('session').id;
    const asked = context.req.param('id');
    const id = asked === 'current' ? current : asked;
    await sessions.revoke(id);
    if (id === current) deleteCookie(context, cookie, { path: '/' });
    return context.body(null, 204);
  });
  return app;
}
