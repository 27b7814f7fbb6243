import type { Readable, Writable } from 'node:stream';
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';

/** What {@link openMessageStream} takes. */
export interface MessageStreamOptions {
  /** The agent's standard input. */
  readonly output: Writable;
  /** The agent's standard output. */
  readonly input: Readable;
  /** Called for each `session/update`, in order; the next message is read when it has settled. */
  update(params: unknown): void | Promise<void>;
}

/** The agent's standard output holds something other than the protocol. */
export class NoProtocolError extends Error {
  override readonly name: string = 'NoProtocolError';
}

/** The longest message that is taken: an edit of a large file holds it twice. */
const longestMessageBytes = 32 * 1024 * 1024;
/** So many lines in a row that are no messages are forgiven: a greeting, a warning of a library. */
const forgivenLines = 50;

/**
 * JSON-RPC messages, one a line, over an agent's pipes. The SDK's own stream reads ahead without
 * bound, starts the handlers of notifications without waiting for them, and prints what it cannot
 * use on the console; this one reads a message when the one before has been dealt with, and hands
 * on only what the SDK has a use for.
 */
export function openMessageStream({ output, input, update }: MessageStreamOptions): Stream {
  const asked = new Set<unknown>();
  const messages = readMessages(input, asked, update);
  return {
    readable: new ReadableStream<AnyMessage>(
      {
        async pull(controller) {
          const { done, value } = await messages.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<AnyMessage>({
      write(message) {
        if ('method' in message && 'id' in message) asked.add(message.id);
        return write(output, `${JSON.stringify(message)}\n`);
      },
    }),
  };
}

async function* readMessages(
  input: Readable,
  asked: Set<unknown>,
  update: MessageStreamOptions['update'],
): AsyncGenerator<AnyMessage, void> {
  let strange = 0;
  for await (const line of lines(input)) {
    if (line.trim() === '') continue;
    const message = parse(line);
    if (message === undefined) {
      strange += 1;
      if (strange > forgivenLines) throw new NoProtocolError(line.slice(0, 200));
      continue;
    }
    strange = 0;
    if ('method' in message) {
      if (!('id' in message) && message.method === 'session/update') await update(message.params);
      else yield message;
    } else if (asked.delete(message.id)) {
      yield message;
    }
  }
}

/** The message, or nothing when the line is none. */
function parse(line: string): AnyMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const message = value as Partial<Record<'jsonrpc' | 'method' | 'result' | 'error', unknown>> | null;
  if (typeof message !== 'object' || message?.jsonrpc !== '2.0') return undefined;
  const isCall = typeof message.method === 'string';
  const isAnswer = !('method' in message) && 'result' in message !== 'error' in message;
  return isCall || isAnswer ? (value as AnyMessage) : undefined;
}

async function* lines(input: Readable): AsyncGenerator<string, void> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestMessageBytes) {
      throw new NoProtocolError(`a message of more than ${longestMessageBytes / 1024 / 1024} MB`);
    }
  }
  if (length > 0) yield Buffer.concat(parts).toString('utf8');
}

/** Resolves when the agent has room for more, or is gone. */
function write(output: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed || output.writableEnded) resolve();
    else output.write(text, () => resolve());
  });
}
