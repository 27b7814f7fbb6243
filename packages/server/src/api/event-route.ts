import { PrefishError } from '@prefish/protocol';
import type { Context, Handler } from 'hono';
import type { ApiEnvironment } from './caller.ts';
import { eventStream } from '../events/event-stream.ts';
import { listFeed } from '../events/list-feed.ts';
import type { AppOptions } from './app.ts';

/** How many events a page of JSON has at most. */
const pageLimit = 1000;
/** How often a stream that has nothing to say shows that it lives, in milliseconds, where nothing is said. */
export const usualKeepAlive = 15_000;

/** `GET /v1/tasks/:id/events`: a live stream, or one page of JSON when that is asked for. */
export function eventRoute({ store, feed, signal, keepAlive }: AppOptions): Handler<ApiEnvironment> {
  return async (context) => {
    const after = startOf(context);
    const { task } = await store.find(context.env.caller.owner, context.req.param('id')!);
    if (wantsJson(context)) {
      return context.json({ events: await store.events(task.id, after, pageLimit) });
    }
    return live((until) => feed.follow(task.id, after, until), signal, keepAlive);
  };
}

/** `GET /v1/tasks` as a live stream: the tasks of an owner that change. */
export function listChanges({ store, shown, signal, keepAlive }: AppOptions, owner: string): Response {
  return live((until) => listFeed(store, owner, shown, until), signal, keepAlive);
}

/** Whether a request wants a live stream, and not JSON. */
export function wantsStream(context: Context): boolean {
  return context.req.header('accept')?.includes('text/event-stream') ?? false;
}

/** Whether the answer of {@link eventRoute} or {@link listChanges} is a live stream. */
export function beginsStream(context: Context): boolean {
  return wantsStream(context) || (context.req.path.endsWith('/events') && !wantsJson(context));
}

function live(
  follow: (until: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>,
  closing: AbortSignal,
  keepAlive: number = usualKeepAlive,
): Response {
  const reader = new AbortController();
  const frames = follow(AbortSignal.any([reader.signal, closing]));
  return new Response(eventStream(frames, { keepAlive, cancel: () => reader.abort() }), {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
}

function startOf(context: Context): number {
  const text = context.req.header('last-event-id') ?? context.req.query('after') ?? '0';
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new PrefishError('PREFISH_REQUEST_INVALID', `after: expected the seq of an event, found ${text}`);
}

function wantsJson(context: Context): boolean {
  const accept = context.req.header('accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/event-stream');
}
