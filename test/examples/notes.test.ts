import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
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
  expect((await t.command('notes', ['ke', 'doo'])).text, 'the beginnings of words').toMatch(
    /^ {2}1 {2}the cellar key/,
  );
  expect((await t.command('notes', ['ey'])).text, 'not their ends').toBe('');
  expect((await t.submit('/notes')).text).toContain('  2   two  spaces stay');
  expect((await t.submit('/notes "quoted" OR')).text).toBe('');
  expect(await t.complete('> more at #h')).toEqual([{ insert: '#home' }]);
  expect(await t.complete('> --r')).toMatchObject([{ insert: '--remind' }]);
});

test.skipIf(!existsSync('/proc/self/fd'))('the file is closed with the shell', async () => {
  const t = await testShell({ plugins: ({ cwd }) => [notes({ file: join(cwd, 'notes.sqlite') })] });
  await t.submit('> milk');
  const open = async (): Promise<boolean> =>
    (
      await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      )
    ).some((path) => path.startsWith(join(t.cwd, 'notes.sqlite')));
  expect(await open()).toBe(true);
  await t.close();
  expect(await open()).toBe(false);
});

test('without a file of its own, notes lie in the home of the shell', async () => {
  await using t = await testShell({ plugins: [notes()] });
  await t.submit('> milk');
  expect(existsSync(join(t.home, '.local', 'share', 'prefish-notes.sqlite'))).toBe(true);
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
