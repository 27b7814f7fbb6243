import { PrefishError } from '@prefish/protocol';
import type { Transport } from '@prefish/protocol/client';

/**
 * How long a stream may be silent, in milliseconds: the server says at least every 15 seconds that it
 * is there. A connection that a sleeping machine or a lost network has cut reports nothing by itself.
 */
const longestSilence = 45_000;
const lookInterval = 5000;

/** A transport whose streams end when nothing comes any more, so that they can be opened anew. */
export function watched(transport: Transport): Transport {
  return async (request) => {
    if (request.headers?.['accept'] !== 'text/event-stream') return transport(request);
    const silent = new AbortController();
    let heard = Date.now();
    const look = (): void => {
      if (Date.now() - heard > longestSilence) {
        silent.abort(new PrefishError('PREFISH_SERVER_UNREACHABLE', 'The server has fallen silent.'));
      }
    };
    // Timers of a tab that nobody looks at come late.
    const timer = setInterval(look, lookInterval);
    document.addEventListener('visibilitychange', look);
    const stop = (): void => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
    const signal = AbortSignal.any([silent.signal, ...(request.signal ? [request.signal] : [])]);
    try {
      const response = await transport({ ...request, signal });
      return { ...response, body: listening(response.body) };
    } catch (error) {
      stop();
      throw error;
    }

    async function* listening(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of body) {
          heard = Date.now();
          yield chunk;
        }
      } finally {
        stop();
      }
    }
  };
}
