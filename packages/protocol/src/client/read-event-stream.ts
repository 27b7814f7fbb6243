import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { formatBytes } from '../size.ts';
import { broken, maxAnswerBytes } from './read-answer.ts';
import type { TransportResponse } from './transport.ts';

/** A stream says something every 15 s, if only that it is there; one that misses two of them is lost. In milliseconds. */
export const silence: number = 35_000;

/**
 * The server-sent events of an answer, until it ends.
 *
 * @throws PREFISH_SERVER_ANSWER for an event that has no end; the reason of the signal, once that is aborted
 */
export async function* readEventStream(
  { body }: TransportResponse,
  signal: AbortSignal | undefined,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({
    maxBufferSize: maxAnswerBytes,
    onEvent: (message) => arrived.push(message),
    onError(error) {
      if (error.type !== 'max-buffer-size-exceeded') return;
      throw broken(`The server tells of an event with more than ${formatBytes(maxAnswerBytes)}`);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* arrived.splice(0);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw cause;
  }
}
