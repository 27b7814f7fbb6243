import { textLines } from './text-lines.ts';

/**
 * The lines of a script that are to run: not a first `#!` line, not empty ones, and not those that
 * begin with `#` unless `memory` makes them notes.
 *
 * @throws PREFISH_USAGE for what cannot be a line
 */
export async function* scriptLines(
  stream: AsyncIterable<Uint8Array>,
  options: { readonly memory: boolean },
): AsyncGenerator<string, void, undefined> {
  for await (const { number, text } of textLines(stream)) {
    if (text.trim() === '') continue;
    if (number === 1 && text.startsWith('#!')) continue;
    if (text.startsWith('#') && !options.memory) continue;
    yield text;
  }
}
