import { testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import plugin from '../src/index.ts';

test('a line is said loudly', async () => {
  await using shell = await testShell({ plugins: [plugin()] });
  const { text, code } = await shell.submit('%% hello');
  expect({ text, code }).toEqual({ text: 'HELLO!\n', code: 0 });
});

test('as often as it should be', async () => {
  await using shell = await testShell({ plugins: [plugin()] });
  const { text } = await shell.submit('%% --times 2 hello');
  expect(text).toBe('HELLO!\nHELLO!\n');
});
