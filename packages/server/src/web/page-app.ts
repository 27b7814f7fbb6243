import { PrefishError } from '@prefish/protocol';
import { Hono } from 'hono';
import { onError, unknownRoute } from '../api/problems.ts';
import type { Log } from '../log.ts';
import { contained, fromOwnPage, underOwnName } from './guards.ts';
import type { PageFiles } from './page-files.ts';
import { type PageVariables, sessionOf, sessionRoutes, signIn } from './session-routes.ts';
import type { Sessions } from './sessions.ts';
import type { SignInCodes } from './sign-in-codes.ts';

/** What the page is answered from. */
export interface PageAppOptions {
  /** The server's API, as it is on its socket. */
  readonly api: { fetch(request: Request): Response | Promise<Response> };
  readonly files: PageFiles;
  readonly sessions: Sessions;
  readonly codes: SignInCodes;
  /** The name of the session's cookie. Cookies are shared by all ports of a host: it holds this one's. */
  readonly cookie: string;
  readonly log: Log;
}

/** What of the API is for prefish on this machine alone: a browser steers tasks, and starts none. */
const ownSocketOnly: ReadonlySet<string> = new Set(['POST /v1/tasks', 'POST /v1/sign-in-codes']);

/** The page as a fetch handler: its files for everybody, the API for browsers that are signed in. */
export function createPageApp(options: PageAppOptions): Hono<PageVariables> {
  const { api, files, sessions, cookie, log } = options;
  const app = new Hono<PageVariables>();
  app.use(contained, underOwnName);
  app.use('/v1/*', fromOwnPage);
  app.post('/v1/sessions', signIn(options));
  app.use('/v1/*', async (context, next) => {
    const session = sessionOf(context, sessions, cookie);
    if (session === undefined) {
      throw new PrefishError('PREFISH_SIGNED_OUT', 'This browser is not signed in.', {
        hint: 'prefish tasks open',
      });
    }
    context.set('session', session);
    await next();
  });
  app.route('/v1/sessions', sessionRoutes(sessions, cookie));
  app.all('/v1/*', async (context) => {
    const { method, path } = context.req;
    if (ownSocketOnly.has(`${method} ${path}`) || path.startsWith('/v1/repositories')) {
      return unknownRoute(context);
    }
    const response = await api.fetch(context.req.raw);
    return endingWith(response, context.get('session').signal);
  });
  app.get('*', async (context) => {
    const answer = await files.answer(context.req.path, context.req.header('accept-encoding') ?? '');
    return answer ?? unknownRoute(context);
  });
  app.notFound(unknownRoute);
  app.onError(onError(log));
  return app;
}

/** An answer that goes on for long ends when the session does. */
function endingWith(response: Response, signal: AbortSignal): Response {
  if (response.body === null || response.headers.get('content-type') !== 'text/event-stream') return response;
  const body = response.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
  return new Response(body, response);
}
