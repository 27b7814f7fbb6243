import { PassThrough } from 'node:stream';
import { errorMessage } from '@prefish/protocol';
import { maxLineBytes, textLines } from './text-lines.ts';

/** A line of `--input-json`. */
export interface IncomingLine {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What is heard of the input besides the lines for the handlers. */
export interface IncomingListener {
  /** The running line is to end. */
  cancel(): void;
  /** A line was not understood; the input goes on. */
  warning(message: string): void;
  /** Nothing more will come. */
  end(): void;
}

/**
 * Reads `{type: message|answer|cancel}` lines as they come, whether or not somebody waits for them.
 * A line may be longer than one that runs, because JSON escapes its characters.
 */
export function readIncoming(
  stream: AsyncIterable<Uint8Array>,
  listener: IncomingListener,
): AsyncIterable<IncomingLine> {
  const lines = new PassThrough({ objectMode: true });
  const read = async (): Promise<void> => {
    for await (const { number, text } of textLines(stream, maxLineBytes * 8)) {
      if (text.trim() === '') continue;
      const line = parse(text);
      if (typeof line === 'string') listener.warning(`Line ${number} of standard input ${line}`);
      else if (line.type === 'cancel') listener.cancel();
      else lines.write(line);
    }
  };
  void read()
    .catch((error: unknown) => listener.warning(errorMessage(error)))
    .finally(() => {
      lines.end();
      listener.end();
    });
  return { [Symbol.asyncIterator]: () => lines.iterator({ destroyOnReturn: false }) };
}

/** The line, or what is wrong with it. */
function parse(text: string): IncomingLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const type = (value as IncomingLine | null)?.type;
  if (type === 'message' || type === 'answer' || type === 'cancel') return value as IncomingLine;
  return 'has no type that is known here: message, answer, cancel';
}
