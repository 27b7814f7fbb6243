import type { ServerInfo, SignInCode, Task, TaskDiff } from '@prefish/protocol';
import { historySchema } from '@prefish/protocol/schemas';
import { Hono } from 'hono';
import type { ApiEnvironment } from './caller.ts';
import type { EventFeed } from '../events/event-feed.ts';
import type { Log } from '../log.ts';
import type { Submissions } from '../queue/submissions.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Store, StoredTask } from '../store/store.ts';
import type { TaskInput } from '../worker/attempt.ts';
import type { Housekeeping } from '../housekeeping/housekeeping.ts';
import { housekeepingRoutes } from './housekeeping-routes.ts';
import { onError, unknownRoute } from './problems.ts';
import { readOptionalBody } from './request-body.ts';
import { taskRoutes } from './task-routes.ts';

/** What the API answers from. */
export interface AppOptions {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly repositories: Repositories;
  readonly submissions: Submissions;
  readonly housekeeping: Housekeeping;
  /** The server's folder. */
  readonly folder: string;
  /** A task as it is shown to its owner. */
  readonly shown: (task: Task, owner: string) => Task;
  /** Hands a message or an answer to a running task. */
  readonly send: (id: string, input: TaskInput) => Promise<void>;
  /** What is to be known before something is submitted; counts are the owner’s. */
  readonly info: (owner: string) => Promise<ServerInfo>;
  /** What a running task has changed so far. */
  readonly liveDiff: (stored: StoredTask, signal: AbortSignal) => Promise<TaskDiff>;
  /** Lets one browser in, on a server whose every caller may have that. */
  readonly signInCode?: () => Promise<SignInCode>;
  readonly log: Log;
  /** Aborted when the server begins to close: it is no longer one to be sent anything. */
  readonly closing: AbortSignal;
  /** How often a stream that has nothing to say shows that it lives, in milliseconds: 15 s by default. */
  readonly keepAlive?: number | undefined;
  /** Ends the event streams, once what ran has come to its end. */
  readonly signal: AbortSignal;
}

/** The server's HTTP API as a fetch handler, for whoever the request comes with. */
export function createApp(options: AppOptions): Hono<ApiEnvironment> {
  const { store, repositories, info, log, closing, signInCode } = options;
  const app = new Hono<ApiEnvironment>();

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    if (closing.aborted) return context.json({ status: 'closing' }, 503);
    await store.counts();
    return context.json({ status: 'ready' });
  });
  app.get('/openapi.json', async (context) => {
    const { describeApi } = await import('./description/openapi.ts');
    return context.json(describeApi((await info('')).version));
  });
  app.get('/v1/info', async (context) => context.json(await info(context.env.caller.owner)));
  // A server with accounts answers this itself: nobody names folders of its disk.
  app.put('/v1/repositories/:repo', async (context) => {
    const { req, env } = context;
    const mirrors = repositories.of(env.caller.owner);
    const history = await readOptionalBody(context, historySchema);
    const location = await mirrors.locate(req.param('repo'), req.raw.signal);
    if (history !== undefined) await mirrors.link(location.repo, history, req.raw.signal);
    return context.json(location);
  });
  app.route('/v1/tasks', taskRoutes(options));
  app.route('/v1', housekeepingRoutes(options.housekeeping));

  if (signInCode !== undefined) {
    app.post('/v1/sign-in-codes', async (context) => context.json(await signInCode(), 201));
  }

  app.notFound(unknownRoute);
  app.onError(onError(log));
  return app;
}
