import { join } from 'node:path';
import { testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import notes from '../../examples/notes/notes.ts';
import { sandboxHome } from '../support/sandbox-home.ts';

test('notes are kept between shells and found by the beginning of their words', async () => {
  await using folder = await sandboxHome();
  const plugins = [notes({ file: join(folder.root, 'below', 'notes.sqlite') })];
  {
    await using first = await testShell({ plugins });
    await first.submit('> the cellar key hangs behind the door #home');
    await first.submit('>  two  spaces stay');
  }
  await using t = await testShell({ plugins });
  expect((await t.command('notes', ['key', 'door'])).text).toBe(
    '  1  the cellar key hangs behind the door #home\n',
  );
  expect((await t.submit('/notes')).text).toContain('  2   two  spaces stay');
  expect((await t.submit('/notes "quoted" OR')).text).toBe('');
  expect(await t.complete('> more at #h')).toEqual([{ insert: '#home' }]);
  expect(await t.complete('> --r')).toEqual([{ insert: '--remind' }]);
});

test('a reminder is a task: it waits, is due, is done', async () => {
  await using t = await testShell({ plugins: [notes({ file: ':memory:' })], clock: true });
  await t.submit('> --remind 10m call Ann');
  const state = async (): Promise<string> =>
    (await t.shell.tasks.find('reminder-1', new AbortController().signal)).task.state;
  expect(await state()).toBe('submitted');
  await t.clock.tick(10 * 60_000);
  expect(await state()).toBe('input-required');
  const { task, source } = await t.shell.tasks.find('@last', new AbortController().signal);
  expect(source.title).toBe('Reminders');
  await source.actions[0]!.run(task, { values: {}, positionals: [] }, {} as never);
  expect(await state()).toBe('completed');
});

test('what is no note is refused with an example of one', async () => {
  await using t = await testShell({ plugins: [notes({ file: ':memory:' })] });
  expect(await t.submit('> --remind soon call Ann')).toMatchObject({
    code: 2,
    error: { code: 'PLUGIN_NOTES_USAGE', hint: '> --remind 10m call Ann' },
  });
});
