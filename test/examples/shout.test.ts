import { expect, test } from 'vitest';
import { createShell, type Event } from '@prefish/core';
import shout from '../../examples/shout/shout.ts';

test('a prefix in twenty lines', async () => {
  const events: Event[] = [];
  await using shell = await createShell({
    plugins: [shout()],
    host: { event: (event) => events.push(event) },
  });
  await shell.submit('^ --times 2 hello');
  expect(events.map((event) => (event.type === 'output' ? event.text : event.type))).toEqual([
    'HELLO!\n',
    'HELLO!\n',
    'exit',
  ]);
});
