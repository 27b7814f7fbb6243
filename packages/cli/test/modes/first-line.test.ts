import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readFirstLine } from '../../src/modes/first-line.ts';

const read = (...chunks: string[]): Promise<string | undefined> =>
  readFirstLine(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

test('is the first line without its end, however it arrives', async () => {
  expect(await read('sec', 'ret\r', '\nmore\n')).toBe('secret');
  expect(await read('no end')).toBe('no end');
  expect(await read('\n')).toBe('');
  expect(await read()).toBeUndefined();
});

test('is not what cannot be a secret', async () => {
  await expect(read('x'.repeat(70_000))).rejects.toMatchObject({ code: 'PREFISH_USAGE' });
});
