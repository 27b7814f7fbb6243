import { expect, test } from 'vitest';
import { createKeyDecoder, type KeyPress } from '../src/index.ts';

async function pressed(chunks: readonly (string | Buffer)[], count: number): Promise<KeyPress[]> {
  const keys: KeyPress[] = [];
  return new Promise((resolve) => {
    const decoder = createKeyDecoder((key) => {
      keys.push(key);
      if (keys.length === count) {
        decoder.close();
        resolve(keys);
      }
    });
    for (const chunk of chunks) decoder.feed(Buffer.from(chunk));
  });
}

test('characters, also those of several bytes cut in the middle', async () => {
  const bytes = Buffer.from('é日');
  const keys = await pressed(['a', bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4)], 3);
  expect(keys.map(({ text }) => text)).toEqual(['a', 'é', '日']);
});

test('keys by name', async () => {
  const keys = await pressed(['\x1b[A\x1bOB\r\x03\x04\x7f\x1bb'], 7);
  expect(keys.map(({ name, ctrl, meta }) => [name, ctrl, meta])).toEqual([
    ['up', false, false],
    ['down', false, false],
    ['return', false, false],
    ['c', true, false],
    ['d', true, false],
    ['backspace', false, false],
    ['b', false, true],
  ]);
  expect(keys.every(({ text }) => text === '')).toBe(true);
});

test('Ctrl+_, which Node has no name for', async () => {
  expect((await pressed(['\x1f'], 1))[0]).toMatchObject({ name: '_', ctrl: true, text: '' });
});

test('Escape alone is a key', async () => {
  expect((await pressed(['\x1b'], 1))[0]).toMatchObject({ name: 'escape', meta: false });
});

test('ESC before a key is Alt with it', async () => {
  const keys = await pressed(['\x1bx\x1b\x1b[A\x1b[1;3B\x1b[A'], 4);
  expect(keys.map(({ name, meta }) => [name, meta])).toEqual([
    ['x', true],
    ['up', true],
    ['down', true],
    ['up', false],
  ]);
});

test('a paste is one key press, wherever its bytes are cut', async () => {
  const bytes = 'x\x1b[200~two\nlines \x1b[A\x1b[201~y';
  for (let cut = 0; cut <= bytes.length; cut++) {
    const keys = await pressed([bytes.slice(0, cut), bytes.slice(cut)], 3);
    expect(keys.map(({ name, text }) => [name, text])).toEqual([
      ['x', 'x'],
      ['paste', 'two\nlines \x1b[A'],
      ['y', 'y'],
    ]);
  }
});

test('a paste of a megabyte comes at once', async () => {
  const text = 'x'.repeat(1_000_000);
  const started = performance.now();
  const [key] = await pressed([`\x1b[200~${text}\x1b[201~`], 1);
  expect(key!.text).toBe(text);
  expect(performance.now() - started).toBeLessThan(10_000);
});
