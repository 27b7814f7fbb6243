import { PrefishError } from '@prefish/protocol';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { endingWith } from '../api/ending-with.ts';
import { onError, unknownRoute } from '../api/problems.ts';
import type { Log } from '../log.ts';
import { contained, fromOwnPage } from './guards.ts';
import type { PageFiles } from './page-files.ts';
import { problemsAsPages } from './problem-page.ts';
import {
  type PageVariables,
  type SessionCookie,
  sessionOf,
  sessionRoutes,
  signIn,
} from './session-routes.ts';
import type { Session, Sessions } from './sessions.ts';
import type { SignInGrant } from './sign-in-codes.ts';

/** What the page is answered from. */
export interface PageAppOptions {
  /** The server's API, for whoever is signed in. */
  readonly api: (
    request: Request,
    session: Session,
    context: Context<PageVariables>,
  ) => Response | Promise<Response>;
  readonly files: PageFiles;
  readonly sessions: Sessions;
  /** Uses a code up. @throws PREFISH_SIGN_IN_CODE */
  readonly exchange: (code: string, context: Context<PageVariables>) => Promise<SignInGrant>;
  readonly cookie: SessionCookie;
  /** What the browser calls the page: `http://127.0.0.1:41234`. */
  readonly origin: (context: Context) => string;
  /** Lets nobody in under a name that the page does not have, where it has few. */
  readonly underOwnName?: MiddlewareHandler;
  readonly log: Log;
}

/** The page as a fetch handler: its files for everybody, the API for browsers that are signed in. */
export function createPageApp(options: PageAppOptions): Hono<PageVariables> {
  const { api, files, sessions, cookie, log } = options;
  const app = new Hono<PageVariables>();
  app.use(contained, problemsAsPages(files));
  if (options.underOwnName !== undefined) app.use(options.underOwnName);
  app.use('/v1/*', fromOwnPage(options.origin));
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
    endingStream(await api(context.req.raw, context.get('session'), context), context.get('session').signal);
  app.get('/v1/*', forward);
  app.post('/v1/tasks/:id/:action', forward);
  app.delete('/v1/tasks/:id', forward);
  app.delete('/v1/account/tokens/:id', forward);
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
function endingStream(response: Response, session: AbortSignal): Response {
  return response.headers.get('content-type') === 'text/event-stream'
    ? endingWith(response, session)
    : response;
}
