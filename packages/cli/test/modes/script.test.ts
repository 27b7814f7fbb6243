import { expect, test } from 'vitest';
import { scriptLines } from '../../src/modes/script.ts';
import { maxLineBytes } from '../../src/modes/text-lines.ts';
import { collect } from '../collect.ts';

/** The text as a stream in pieces of `size` bytes, so that lines and characters are torn apart. */
async function* pieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const linesOf = async (text: string | Uint8Array, memory = false, size = 3): Promise<string[]> =>
  collect(scriptLines(pieces(text, size), { memory }));

test('a first #! line, comments and empty lines do not run; the last line needs no line end', async () => {
  const script = '#!/usr/bin/env prefish\n# a comment\n\n!echo ä€😀\n   \n& !npm test';
  expect(await linesOf(script)).toEqual(['!echo ä€😀', '& !npm test']);
});

test('with --memory, # lines are notes, but a first #! line is none', async () => {
  expect(await linesOf('#!/usr/bin/env prefish\n# use pnpm\n#!x\n', true)).toEqual(['# use pnpm', '#!x']);
});

test('lines keep their bytes, carriage returns and blanks included; a byte order mark is no part of one', async () => {
  expect(await linesOf('\uFEFF!a \r\n ! b\n')).toEqual(['!a \r', ' ! b']);
});

test.each([
  ['a NUL byte', Buffer.from('!a\n!b\0c\n!d\n'), /Line 2 .*NUL/],
  ['invalid UTF-8', Buffer.from([33, 97, 10, 0xff, 10]), /Line 2 .*UTF-8/],
  ['a line that is too long', Buffer.from(`!a\n!${'x'.repeat(maxLineBytes)}\n`), /Line 2 .*longer/],
])('%s ends the script at its line', async (_, bytes, message) => {
  const lines = scriptLines(pieces(bytes, 4096), { memory: false });
  expect((await lines.next()).value).toBe('!a');
  await expect(lines.next()).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
    message: expect.stringMatching(message),
  });
});

test('a line runs as soon as it is there', async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const lines = scriptLines(readable as unknown as AsyncIterable<Uint8Array>, { memory: false });
  const writer = writable.getWriter();
  void writer.write(Buffer.from('!first\n!sec'));
  expect((await lines.next()).value).toBe('!first');
  void writer.write(Buffer.from('ond\n'));
  expect((await lines.next()).value).toBe('!second');
  await lines.return();
});
