import { PrefishError } from '@prefish/protocol';

/** The longest line that is taken, as the server has it too. */
export const maxLineBytes: number = 1024 * 1024;

/** A line of a stream, without its line end. */
export interface TextLine {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a stream as they arrive; the last one counts without a line end too. Nothing of a
 * line is ever changed: what cannot be a line ends the iteration.
 *
 * @throws PREFISH_USAGE for a line that is too long, holds a NUL byte, or is not UTF-8
 */
export async function* textLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number = maxLineBytes,
): AsyncGenerator<TextLine, void, undefined> {
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (bytes: Uint8Array): void => {
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes > maxBytes) throw bad(number + 1, `is longer than ${maxBytes / 1024} KiB`);
  };
  const take = (): TextLine => {
    const text = decode(Buffer.concat(held), ++number);
    held = [];
    heldBytes = 0;
    return { number, text };
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      yield take();
    }
    if (start < chunk.length) hold(chunk.subarray(start));
  }
  if (heldBytes > 0) yield take();
}

function decode(bytes: Uint8Array, number: number): string {
  if (bytes.includes(0)) throw bad(number, 'holds a NUL byte');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: number > 1 }).decode(bytes);
  } catch {
    throw bad(number, 'is not valid UTF-8');
  }
}

function bad(number: number, what: string): PrefishError {
  return new PrefishError('PREFISH_USAGE', `Line ${number} of standard input ${what}`, {
    hint: 'The lines before it have run, it and the lines after it have not.',
  });
}
