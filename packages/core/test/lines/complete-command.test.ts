import { expect, test } from 'vitest';
import { defineCommand } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const run = (): { type: 'ok' } => ({ type: 'ok' });

const notes = plugin('notes', (shell) =>
  shell.command({
    name: 'notes',
    summary: 'Notes',
    subcommands: [
      defineCommand({
        name: 'list',
        summary: 'List them',
        args: { limit: { type: 'string', summary: 'How many' }, long: { type: 'boolean' } },
        run,
        complete: (word) => [{ insert: `${word}…` }],
      }),
      defineCommand({ name: 'look', summary: 'Search them', run }),
    ],
    run,
  }),
);

test.each([
  ['/notes ', ['list', 'look']],
  ['/notes li', ['list']],
  ['/notes x', []],
  ['/notes list --l', ['--limit', '--long', '--l…']],
  ['/notes list ab', ['ab…']],
  ['/notes list list', ['list…']],
  ['/notes look --l', []],
])('%s', async (text, expected) => {
  await using t = await startShell([notes]);
  const offers = await t.shell.complete(text, text.length);
  expect(offers.map(({ insert }) => insert)).toEqual(expected);
});

test('sub-commands and options come with what they are for', async () => {
  await using t = await startShell([notes]);
  expect(await t.shell.complete('/notes lo', 9)).toEqual([{ insert: 'look', detail: 'Search them' }]);
  expect(await t.shell.complete('/notes list --li', 16)).toContainEqual({
    insert: '--limit',
    detail: 'How many',
  });
});
