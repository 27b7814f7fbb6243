import type { Handler } from 'hono';
import type { AppOptions } from './app.ts';
import type { ApiEnvironment } from './caller.ts';

/** How many events are read at a time. */
const pageLimit = 1000;

/** `GET /v1/tasks/:id/log`: what the task's programs have written so far, as it is, to be kept as a file. */
export function logRoute({ store }: AppOptions): Handler<ApiEnvironment> {
  return async (context) => {
    const { task } = await store.find(context.env.caller.owner, context.req.param('id')!);
    const encoder = new TextEncoder();
    let last = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          for (;;) {
            const events = await store.events(task.id, last, pageLimit);
            if (events.length === 0) return controller.close();
            last = events.at(-1)!.seq;
            const text = events.map((event) => (event.type === 'output' ? event.text : '')).join('');
            // A page without output gives the reader nothing to ask for more by.
            if (text !== '') return controller.enqueue(encoder.encode(text));
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
