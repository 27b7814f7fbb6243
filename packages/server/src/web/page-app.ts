import { PrefishError } from '@prefish/protocol';
import { type Context, Hono } from 'hono';
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
  // A browser sees everything and steers tasks; lines, and codes for others, come from prefish itself alone.
  const forward = async (context: Context<PageVariables>): Promise<Response> =>
    endingWith(await api.fetch(context.req.raw), context.get('session').signal);
  app.get('/v1/*', forward);
  app.post('/v1/tasks/:id/:action', forward);
  app.delete('/v1/tasks/:id', forward);
  app.all('/v1/*', unknownRoute);
  app.get('*', async (context) => {
    const answer = await files.answer(context.req.path, context.req.header('accept-encoding') ?? '');
    return answer ?? unknownRoute(context);
  });
  app.notFound(unknownRoute);
  app.onError(onError(log));
  return app;
}

/** An answer that goes on for long ends when the session does. */
function endingWith(response: Response, session: AbortSignal): Response {
  if (response.body === null || response.headers.get('content-type') !== 'text/event-stream') return response;
  const source = response.body.getReader();
  // A read that waits is answered with the end.
  const end = (): Promise<void> => source.cancel().finally(() => session.removeEventListener('abort', end));
  session.addEventListener('abort', end);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.read();
        if (!done) return controller.enqueue(value);
        session.removeEventListener('abort', end);
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
