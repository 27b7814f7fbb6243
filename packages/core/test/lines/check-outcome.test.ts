import { expect, test } from 'vitest';
import type { Outcome } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const returning = (made: unknown): ReturnType<typeof plugin> =>
  plugin('odd', (shell) => {
    shell.prefix({ id: 'odd', token: '>', summary: '', run: () => made as Outcome });
    shell.prefix({ id: 'next', token: '#', summary: '', run: () => ({ type: 'ok' }) });
  });
const task = { id: 't1', number: 1, state: 'working', createdAt: '2026-01-01T00:00:00Z' };

test.each([
  [{ type: 'ok' }],
  [{ type: 'ok', exit: { code: 3 } }],
  [{ type: 'ok', exit: { signal: 'SIGKILL' } }],
  [{ type: 'task', task }],
  [{ type: 'denied', reason: 'no' }],
  [{ type: 'exit', code: 3 }],
])('%j is an outcome', async (made) => {
  await using t = await startShell([returning(made)]);
  expect((await t.shell.submit('> x')).result).toEqual(made);
});

test('a text is what a forward needs', async () => {
  await using t = await startShell([returning({ type: 'forward', text: '# x' })]);
  expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['ok', 'string'],
  [{}, 'an object without a type'],
  [{ type: 'done' }, 'the unknown outcome "done"'],
  [{ type: 'ok', exit: null }, 'an exit without a code or a signal'],
  [{ type: 'ok', exit: 3 }, 'an exit without a code or a signal'],
  [{ type: 'ok', exit: {} }, 'an exit without a code or a signal'],
  [{ type: 'ok', exit: { code: '3' } }, 'an exit without a code or a signal'],
  [{ type: 'ok', exit: { code: 0.5, signal: 'SIGKILL' } }, 'an exit without a code or a signal'],
  [{ type: 'task' }, 'the outcome "task" without a task'],
  [{ type: 'task', task: null }, 'the outcome "task" without a task'],
  [{ type: 'task', task: 't1' }, 'the outcome "task" without a task'],
  [{ type: 'task', task: { id: 3 } }, 'the outcome "task" without a task'],
  [{ type: 'forward', text: 3 }, 'the outcome "forward" without a text'],
  [{ type: 'denied' }, 'the outcome "denied" without a reason'],
  [{ type: 'exit' }, 'the outcome "exit" without a code'],
])('%j is none, and the plugin that returned it is named', async (made, complaint) => {
  await using t = await startShell([returning(made)]);
  expect((await t.shell.submit('> x')).result).toMatchObject({
    code: expect.stringMatching(/^PREFISH_PLUGIN_/),
    plugin: 'odd',
    message: `odd returned no outcome from prefix odd: ${complaint}`,
  });
});
