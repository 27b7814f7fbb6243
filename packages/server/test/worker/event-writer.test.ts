import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EventBody } from '@prefish/protocol';
import { createEventWriter } from '../../src/worker/event-writer.ts';

const megabyte = 'x'.repeat(2 ** 20);

test.each<[string, EventBody]>([
  ['output', { type: 'output', stream: 'stdout', text: megabyte }],
  ['tools', { type: 'tool', id: 'a', title: 'a', status: 'pending', detail: { text: megabyte } }],
  ['plans', { type: 'plan', entries: [{ text: megabyte, status: 'pending' }] }],
  ['questions', { type: 'question', id: 'a', text: '', choices: [megabyte] }],
])('a flood of %s waits for what is written, and never piles up in memory', async (_, event) => {
  const written = Promise.withResolvers<void>();
  let batches = 0;
  const writer = createEventWriter(
    async () => {
      batches += 1;
      await written.promise;
    },
    () => {},
  );
  let taken = 0;
  const flood = (async () => {
    for (; taken < 20; taken += 1) await writer.push([event]);
  })();
  for (let turns = 0; turns < 50; turns += 1) await turn();
  expect(taken).toBeLessThan(4);
  written.resolve();
  await flood;
  await writer.flush();
  expect(batches).toBeGreaterThan(1);
});
