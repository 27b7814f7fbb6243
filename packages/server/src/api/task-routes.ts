import { PrefishError, isFinal, type Task, type TaskDiff, type TaskSnapshots } from '@prefish/protocol';
import {
  answerSchema,
  continueSchema,
  messageSchema,
  retrySchema,
  submitTaskSchema,
  taskQuerySchema,
} from '@prefish/protocol/schemas';
import { type Context, Hono } from 'hono';
import type { StoredTask } from '../store/store.ts';
import type { AppOptions } from './app.ts';
import type { ApiEnvironment } from './caller.ts';
import { eventRoute, listChanges, wantsStream } from './event-route.ts';
import { fileRoutes } from './file-routes.ts';
import { logRoute } from './log-route.ts';
import { check, readBody } from './request-body.ts';

/** Everything below `/v1/tasks`. `:id` is whatever {@link Store.find} takes. */
export function taskRoutes(options: AppOptions): Hono<ApiEnvironment> {
  const { store, submissions, repositories, housekeeping, send } = options;
  const app = new Hono<ApiEnvironment>();
  const find = ({ env, req }: Context<ApiEnvironment, '/:id'>): Promise<StoredTask> =>
    store.find(env.caller.owner, req.param('id'));
  const shown = (task: Task, { env }: Context<ApiEnvironment>): Task => options.shown(task, env.caller.owner);

  app.post('/', async (context) => {
    const { caller } = context.env;
    const asked = await readBody(context, submitTaskSchema);
    const { task, created } = await submissions.submit(caller.owner, asked);
    if (created) await caller.record('task.submitted', { task: task.id, repo: asked.repo });
    return context.json(shown(task, context), created ? 201 : 200);
  });
  app.get('/', async (context) => {
    if (wantsStream(context)) return listChanges(options, context.env.caller.owner);
    const { state, ...query } = context.req.queries();
    const single = Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.at(-1)]));
    const states = state?.flatMap((value) => value.split(','));
    const page = await store.list({
      ...check(taskQuerySchema, { ...single, state: states }),
      owner: context.env.caller.owner,
    });
    return context.json({ ...page, tasks: page.tasks.map((task) => shown(task, context)) });
  });
  app.get('/:id', async (context) => context.json(shown((await find(context)).task, context)));
  app.delete('/:id', async (context) => {
    const { task, request } = await find(context);
    await housekeeping.remove(task.id);
    await context.env.caller.record('task.removed', { task: task.id, repo: request.repo });
    return context.body(null, 204);
  });

  app.post('/:id/cancel', async (context) => {
    const { task } = await find(context);
    const canceled = await store.requestCancel(task.id);
    // What had ended already was not ended by this.
    const wasEnded = isFinal(task.state) || (isFinal(canceled.state) && canceled.state !== 'canceled');
    if (!wasEnded) await context.env.caller.record('task.canceled', { task: task.id });
    return context.json(canceled);
  });
  app.post('/:id/retry', async (context) => {
    const { id, models } = await readBody(context, retrySchema);
    refuseOfBrowser(context, models);
    const stored = await find(context);
    const task = await submissions.retry(stored, id, models);
    await context.env.caller.record('task.submitted', { task: task.id, repo: stored.request.repo });
    return context.json(shown(task, context), 201);
  });
  app.post('/:id/continue', async (context) => {
    const asked = await readBody(context, continueSchema);
    refuseOfBrowser(context, asked.enclosed?.settings, asked.models);
    const stored = await find(context);
    const task = await submissions.continue(stored, asked);
    await context.env.caller.record('task.submitted', { task: task.id, repo: stored.request.repo });
    return context.json(shown(task, context), 201);
  });
  app.post('/:id/messages', async (context) => {
    const { text } = await readBody(context, messageSchema);
    const { task } = await find(context);
    await send(task.id, { type: 'message', text });
    return context.json(task);
  });
  app.post('/:id/answers', async (context) => {
    const answer = await readBody(context, answerSchema);
    const { task } = await find(context);
    await send(task.id, { type: 'answer', ...answer });
    return context.json((await store.get(task.id)).task);
  });

  app.get('/:id/events', eventRoute(options));
  app.get('/:id/log', logRoute(options));
  app.route('/', fileRoutes(options));
  app.get('/:id/diff', async (context) => {
    const stored = await find(context);
    const { owner, task, request } = stored;
    if (!isFinal(task.state) && context.req.query('live') !== undefined) {
      return context.json(await options.liveDiff(stored, context.req.raw.signal));
    }
    if (!isFinal(task.state)) {
      throw new PrefishError('PREFISH_TASK_STATE', `Task ${task.id} has not ended yet.`, {
        hint: `prefish tasks wait ${task.number} waits for it.`,
      });
    }
    const nothing: TaskDiff = { files: [], patch: '' };
    if (task.result === undefined) return context.json(nothing);
    const { signal } = context.req.raw;
    const mirrors = repositories.of(owner);
    const diff = await mirrors.diff(request.repo, request.snapshot, task.result.commit, signal);
    await context.env.caller.record('result.fetched', { task: task.id, repo: request.repo });
    return context.json(diff);
  });
  app.get('/:id/options', async (context) => context.json((await find(context)).request.options));
  app.get('/:id/snapshots', async (context) => {
    const { task, request } = await find(context);
    const snapshots: TaskSnapshots = {
      repo: request.repo,
      snapshot: request.snapshot,
      ...(task.result !== undefined && { result: task.result.commit }),
    };
    return context.json(snapshots);
  });
  return app;
}

/** Which program an agent is and where its model is comes from prefish itself. @throws PREFISH_FORBIDDEN */
function refuseOfBrowser({ env }: Context<ApiEnvironment>, ...given: readonly unknown[]): void {
  if (env.caller.isBrowser !== true || given.every((value) => value === undefined)) return;
  throw new PrefishError(
    'PREFISH_FORBIDDEN',
    'A browser brings no settings of an agent, and no credentials.',
    {
      hint: 'prefish tasks send continues a task from a terminal.',
    },
  );
}
