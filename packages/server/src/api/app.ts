import { PrefishError, isPrefishError, toProblem, type ServerInfo } from '@prefish/protocol';
import { Hono } from 'hono';
import type { EventFeed } from '../events/event-feed.ts';
import type { Log } from '../log.ts';
import type { Submissions } from '../queue/submissions.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Store } from '../store/store.ts';
import type { TaskInput } from '../worker/attempt.ts';
import { taskRoutes } from './task-routes.ts';

/** What the API answers from. */
export interface AppOptions {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly repositories: Repositories;
  readonly submissions: Submissions;
  /** Hands a message or an answer to a running task. */
  readonly send: (id: string, input: TaskInput) => Promise<void>;
  readonly info: () => Promise<ServerInfo>;
  readonly log: Log;
  /** Ends the event streams when the server closes. */
  readonly signal: AbortSignal;
}

/** The server's HTTP API as a fetch handler. */
export function createApp(options: AppOptions): Hono {
  const { store, repositories, info, log, signal } = options;
  const app = new Hono();

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    if (signal.aborted) return context.json({ status: 'closing' }, 503);
    await store.counts();
    return context.json({ status: 'ready' });
  });
  app.get('/v1/info', async (context) => context.json(await info()));
  app.put('/v1/repositories/:repo', async (context) =>
    context.json(await repositories.locate(context.req.param('repo'), context.req.raw.signal)),
  );
  app.route('/v1/tasks', taskRoutes(options));

  app.notFound((context) => {
    const { method, path } = context.req;
    return problem(new PrefishError('PREFISH_ROUTE_UNKNOWN', `The server has no ${method} ${path}.`));
  });
  app.onError((error, context) => {
    if (!isPrefishError(error)) {
      log('error', 'a request failed', {
        method: context.req.method,
        path: context.req.path,
        error: error.stack ?? String(error),
      });
    }
    return problem(error);
  });
  return app;
}

function problem(error: unknown): Response {
  const body = toProblem(error);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
