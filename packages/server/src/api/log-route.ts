import { setImmediate as turn } from 'node:timers/promises';
import type { Handler } from 'hono';
import type { AppOptions } from './app.ts';
import type { ApiEnvironment } from './caller.ts';
import { LogText } from './log-text.ts';

/** How many events are read at a time. */
const pageLimit = 1000;

/** `GET /v1/tasks/:id/log`: what the task has said and done so far, as text ({@link LogText}), to be kept as a file. */
export function logRoute({ store }: AppOptions): Handler<ApiEnvironment> {
  return async (context) => {
    const { task } = await store.find(context.env.caller.owner, context.req.param('id')!);
    const encoder = new TextEncoder();
    const log = new LogText();
    let last = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          for (;;) {
            // A reader that is fast enough never waits, and nobody else would have a turn before it has everything.
            await turn();
            const events = await store.events(task.id, last, pageLimit);
            const isEnd = events.length === 0;
            last = events.at(-1)?.seq ?? last;
            const text = isEnd ? log.end() : events.map((event) => log.add(event)).join('');
            if (text !== '') controller.enqueue(encoder.encode(text));
            if (isEnd) return controller.close();
            // A page without text gives the reader nothing to ask for more by.
            if (text !== '') return;
          }
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, {
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="task-${task.number}.log"`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  };
}
