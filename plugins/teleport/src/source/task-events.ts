import { setTimeout as delay } from 'node:timers/promises';
import type { Event, EventQuery } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import type { Services } from '../services.ts';

/** For how long a lost server is looked for before following is given up, in milliseconds: one that is started again. */
const patienceMs = 60_000;
/** Before it is looked for again, in milliseconds: longer each time, and no longer than the second. */
const pauseMs = { first: 300, most: 2000 };

/**
 * The events of a task. While following, a server that goes away is started again and the stream
 * goes on after the last event seen. One that waits to be sent has none until it is; one that is dropped then, none at all.
 *
 * @param query with what the task is called where its server is said to be away: its id, without it
 * @throws PREFISH_SERVER_UNREACHABLE once the server stays away
 */
export async function* taskEvents(
  services: Services,
  id: string,
  query: EventQuery & { readonly called?: string },
  signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const waits = await isWaiting(services, id);
  if (!query.follow) {
    if (waits) return;
    const client = await services.connect('if-used', signal);
    yield* client.history(id, query.after, signal);
    return;
  }
  let last = query.after;
  let lostSince = 0;
  // Of what nobody has sent, nobody can say that it goes on anywhere.
  let isThere = !waits;
  while (await isWaiting(services, id)) await delay(pauseMs.most, undefined, { signal });
  for (let lost = 0; ;) {
    try {
      const client = await services.connect(true, signal);
      for await (const item of client.follow(id, last, signal)) {
        lost = 0;
        isThere = true;
        if (item.kind !== 'event') continue;
        last = item.event.seq;
        yield item.event;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      lost += 1;
      if (lost === 1) lostSince = performance.now();
      if (!isThere && isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return;
      if (!isLost(error)) throw error;
      if (performance.now() - lostSince > patienceMs) throw givenUp(id, error);
      // A stream that breaks is nothing to tell; a server that is not there the next time is.
      if (lost === 2 && isThere && query.quiet !== true) tellAway(services, query.called ?? id, error);
      await delay(Math.min(pauseMs.first * lost, pauseMs.most), undefined, { signal });
    }
  }
}

/** Whether a task waits here to be sent. */
async function isWaiting({ outbox }: Pick<Services, 'outbox'>, id: string): Promise<boolean> {
  return (await outbox.read(id)) !== undefined;
}

function tellAway({ warn }: Services, called: string, error: unknown): void {
  const code = isPrefishError(error) ? error.code : 'PREFISH_SERVER_UNREACHABLE';
  const patience = `trying again for ${patienceMs / 1000} s to follow task ${called}`;
  warn(code, `${errorMessage(error).replace(/\.$/, '')}; ${patience}`);
}

function givenUp(id: string, cause: unknown): PrefishError {
  const code = isPrefishError(cause) ? cause.code : 'PREFISH_SERVER_UNREACHABLE';
  return new PrefishError(
    code,
    `${errorMessage(cause).replace(/\.$/, '')}; the task ${id} is no longer followed`,
    {
      hint: `It goes on: prefish tasks wait ${id}`,
      cause,
    },
  );
}

function isLost(error: unknown): boolean {
  if (isPrefishError(error)) {
    return error.code === 'PREFISH_SERVER_UNREACHABLE' || error.code === 'PREFISH_SSH_FAILED';
  }
  return ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
}
