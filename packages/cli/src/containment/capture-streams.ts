import { createSanitizer } from '@prefish/screen';
import { ownStreams } from './own-streams.ts';

type Name = keyof typeof ownStreams;
type Take = (text: string, stream: Name) => void;

/**
 * Puts streams in place of `process.stdout` and `process.stderr` whose text goes to `take`, so that
 * what a plugin prints cannot land in the edited line or among JSON events. The text is sanitised.
 * What is written to the file descriptor itself is out of reach.
 */
export function captureStreams(take: Take): void {
  for (const name of ['stdout', 'stderr'] as const) {
    let captured: NodeJS.WriteStream | undefined;
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => (captured ??= captureStream(name, take)),
    });
  }
}

/** A stream that is like the original in all but where its text goes: size, colours, listeners. */
function captureStream(name: Name, take: Take): NodeJS.WriteStream {
  const original = ownStreams[name];
  const decoder = new TextDecoder();
  const sanitizer = createSanitizer();
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = typeof rest[0] === 'string' ? (rest[0] as BufferEncoding) : 'utf8';
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    const text = sanitizer.write(decoder.decode(bytes, { stream: true }));
    if (text !== '') take(text, name);
    const written = rest.find((given) => typeof given === 'function') as (() => void) | undefined;
    if (written !== undefined) process.nextTick(written);
    return !original.writableNeedDrain;
  };
  return Object.create(original, {
    write: { value: write },
    end: {
      value: (...given: unknown[]) => {
        if (isChunk(given[0])) write(given[0]);
        const ended = given.find((one) => typeof one === 'function') as (() => void) | undefined;
        if (ended !== undefined) process.nextTick(ended);
      },
    },
    destroy: { value: () => original },
  }) as NodeJS.WriteStream;
}

function isChunk(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}
