import { setTimeout as delay } from 'node:timers/promises';
import type { Event, EventQuery } from '@prefish/core';
import { isPrefishError } from '@prefish/protocol';
import type { Services } from '../services.ts';

/** How often in a row a lost server is looked for before following is given up. */
const patience = 5;
const pauseMs = 300;

/**
 * The events of a task. While following, a server that goes away is started again and the stream
 * goes on after the last event seen.
 *
 * @throws PREFISH_SERVER_UNREACHABLE once the server stays away
 */
export async function* taskEvents(
  services: Services,
  id: string,
  query: EventQuery,
  signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  if (!query.follow) {
    const client = await services.connect('if-used', signal);
    yield* client.history(id, query.after, signal);
    return;
  }
  let last = query.after;
  for (let lost = 0; ;) {
    try {
      const client = await services.connect(true, signal);
      for await (const item of client.follow(id, last, signal)) {
        lost = 0;
        if (item.kind !== 'event') continue;
        last = item.event.seq;
        yield item.event;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      lost += 1;
      if (!isLost(error) || lost > patience) throw error;
      await delay(pauseMs * lost, undefined, { signal });
    }
  }
}

function isLost(error: unknown): boolean {
  if (isPrefishError(error)) {
    return error.code === 'PREFISH_SERVER_UNREACHABLE' || error.code === 'PREFISH_SSH_FAILED';
  }
  return ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
}
