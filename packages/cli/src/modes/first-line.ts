import { textLines } from './text-lines.ts';

/** Longer than any credential. */
const maxBytes = 64 * 1024;

/**
 * The first line of a stream, without its line end; `undefined` when nothing is in it.
 *
 * @throws PREFISH_USAGE for what cannot be a line
 */
export async function readFirstLine(stream: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  for await (const { text } of textLines(stream, maxBytes)) return text.replace(/\r$/, '');
  return undefined;
}
