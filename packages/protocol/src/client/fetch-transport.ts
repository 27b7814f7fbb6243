import { PrefishError, errorMessage } from '../error.ts';
import type { Transport } from './transport.ts';

/** A transport over the `fetch` of a browser to the server that its page came from. */
export function createFetchTransport(): Transport {
  return async ({ method, path, headers, body, signal }) => {
    try {
      const response = await fetch(path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      return { status: response.status, body: chunks(response.body) };
    } catch (cause) {
      throw unreachable(cause, signal);
    }

    async function* chunks(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void> {
      if (stream === null) return;
      // Not every browser lets a stream be iterated.
      const reader = stream.getReader();
      try {
        for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
      } catch (cause) {
        throw unreachable(cause, signal);
      } finally {
        await reader.cancel().catch(() => {});
      }
    }
  };
}

function unreachable(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new PrefishError(
    'PREFISH_SERVER_UNREACHABLE',
    `The server does not answer: ${errorMessage(cause)}`,
    { cause },
  );
}
