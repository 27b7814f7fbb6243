import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

async function offers(sources: readonly MemorySource[], text: string): Promise<string[]> {
  const { shell } = await open(sources);
  const found = await shell.complete(text, text.length);
  return found.map(({ insert, detail }) => (detail === undefined ? insert : `${insert}: ${detail}`));
}

function numbered(): MemorySource {
  const source = new MemorySource();
  source.add({ title: 'Enable dark mode', state: 'completed' });
  source.add({ title: 'npm test' });
  source.add({ title: 'two\nlines', state: 'completed' });
  return source;
}

test('the tasks that an action applies to, newest first, by number and title', async () => {
  expect(await offers([numbered()], '/tasks cancel ')).toEqual(['2: npm test · working']);
  expect(await offers([numbered()], '/tasks diff ')).toEqual([
    '3: two⏎lines · completed',
    '1: Enable dark mode · completed',
  ]);
  expect(await offers([numbered()], '/tasks wait ')).toEqual(['2: npm test · working']);
  expect(await offers([numbered()], '/tasks logs 1')).toEqual(['1: Enable dark mode · completed']);
});

test('by id where that is what is typed, and where a number is that of several tasks', async () => {
  expect(await offers([numbered()], '/tasks show tc')).toEqual(['tc2: npm test · working']);
  expect(await offers([numbered()], '/tasks show @')).toEqual(['@last']);
  const shells = new MemorySource('shells', 'Shells');
  shells.add({ id: 's1', title: 'npm run dev', createdAt: '2030-01-01T00:00:00.000Z' });
  expect(await offers([numbered(), shells], '/tasks show ')).toEqual([
    's1: npm run dev · working',
    '3: two⏎lines · completed',
    '2: npm test · working',
    'tb1: Enable dark mode · completed',
  ]);
});

test('words behind the task are nobody to complete', async () => {
  expect(await offers([numbered()], '/tasks send 2 ')).toEqual([]);
  expect(await offers([numbered()], '/tasks show 2 ')).toEqual([]);
  expect(await offers([numbered()], '/tasks cancel 2 ')).toEqual(['2: npm test · working']);
});

test('a source that fails or hangs keeps the others from nothing', async () => {
  const [failing, hanging] = [new MemorySource('failing'), new MemorySource('hanging')];
  failing.failure = new Error('down');
  hanging.list = () => new Promise(() => {});
  expect(await offers([failing, hanging, numbered()], '/tasks cancel ')).toEqual(['2: npm test · working']);
});
