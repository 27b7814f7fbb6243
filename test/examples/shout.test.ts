import { testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import shout from '../../examples/shout/shout.ts';

test('a prefix in twenty lines', async () => {
  await using t = await testShell({ plugins: [shout()] });
  expect((await t.submit('^ --times 2 hello')).text).toBe('HELLO!\nHELLO!\n');
});
