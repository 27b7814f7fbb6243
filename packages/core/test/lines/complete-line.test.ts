import { describe, expect, test } from 'vitest';
import type { Completion } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const add = plugin('adder', (shell) =>
  shell.prefix({
    id: 'add',
    token: '+',
    summary: '',
    args: {
      mod: { type: 'string', summary: 'Modulo' },
      more: { type: 'boolean' },
      tag: { type: 'string', multiple: true },
    },
    run: () => ({ type: 'ok' }),
    complete: (body) => [{ insert: `own:${body}` }],
  }),
);

const inserts = (offers: readonly Completion[]): string[] => offers.map(({ insert }) => insert);

describe('leading options', () => {
  test.each([
    ['+ --m', ['--mod', '--more']],
    ['+ --', ['--mod', '--more', '--tag']],
    ['+ --more --m', ['--mod']],
    ['+ --tag x --mod 3 --', ['--more', '--tag']],
    ['+ --mod=3 --m', ['--more']],
    // Elsewhere the plugin itself is asked.
    ['+ --mod --m', ['own:--mod --m']],
    ['+ -- --m', ['own:-- --m']],
    ['+ word --m', ['own:word --m']],
    ['+ --nope --m', ['own:--nope --m']],
    ['+ --mod="3 --m', ['own:--mod="3 --m']],
    ['+ --x', ['own:--x']],
  ])('%s', async (text, expected) => {
    await using t = await startShell([add]);
    expect(inserts(await t.shell.complete(text, text.length))).toEqual(expected);
  });

  test('say what they are for, while the prefix is active and in the middle of a line too', async () => {
    await using t = await startShell([add]);
    expect(await t.shell.complete('--mo 1 2', 4, { prefix: 'add' })).toEqual([
      { insert: '--mod', detail: 'Modulo' },
      { insert: '--more' },
    ]);
  });
});

describe('plain text', () => {
  const tasks = plugin('tasks', (shell) =>
    shell.command({ name: 'tasks', summary: 'The list', run: () => ({ type: 'ok' }) }),
  );
  const agent = plugin('agent', (shell) =>
    shell.prefix({
      id: 'agent',
      token: '',
      summary: '',
      run: () => ({ type: 'ok' }),
      complete: (body, cursor) => [
        { insert: '/tasks' },
        { insert: '/test' },
        { insert: `${body}|${cursor}` },
      ],
    }),
  );

  test('behind a slash: commands first, then what its owner offers', async () => {
    await using t = await startShell([agent, tasks]);
    expect(await t.shell.complete('/t', 2)).toEqual([
      { insert: '/tasks', detail: 'The list' },
      { insert: '/test' },
      { insert: '/t|2' },
    ]);
    expect(inserts(await t.shell.complete('/tasks', 6))).toEqual(['/tasks', '/test', '/tasks|6']);
  });

  test('is completed by its owner; where there is none, only commands are offered', async () => {
    await using t = await startShell([agent]);
    expect(inserts(await t.shell.complete('see', 3))).toContain('see|3');
    await using bare = await startShell([tasks]);
    expect(inserts(await bare.shell.complete('/t', 2))).toEqual(['/tasks']);
    expect(await bare.shell.complete('see', 3)).toEqual([]);
  });
});
