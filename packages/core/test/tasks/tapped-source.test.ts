import { describe, expect, test } from 'vitest';
import type { Task, TaskState } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const task = (id: string, number: number, state: TaskState = 'working'): Task => ({
  id,
  number,
  source: 'elsewhere',
  place: 'elsewhere',
  title: id,
  line: '!true',
  state,
  attempt: 1,
  createdAt: `2026-01-0${number}T00:00:00Z`,
  sandbox: 'none',
  network: 'full',
});
const added = [task('ta', 1), task('tab', 2, 'completed'), task('tac', 4), task('b4', 3)];
const adding = plugin('adding', ({ hooks }) =>
  hooks.tasks.tap('x', (collector) => {
    for (const each of added) collector.add(each);
  }),
);
const { signal } = new AbortController();

describe('tasks that a hook adds', () => {
  test.each([
    [{}, ['ta', 'tab', 'tac', 'b4']],
    [{ limit: 2 }, ['ta', 'tab']],
    [{ state: ['completed'] }, ['tab']],
    [{ state: ['working'], limit: 2 }, ['ta', 'tac']],
    [{ state: ['failed'] }, []],
  ] as const)('are listed for %j in a section of their own, without actions', async (query, ids) => {
    await using t = await startShell([adding]);
    const [listing] = await t.shell.tasks.list(query, signal);
    expect(listing!.tasks.map(({ id }) => id)).toEqual(ids);
    expect(listing).toMatchObject({
      plugin: 'hook tasks',
      source: { id: 'hook', title: 'Other', actions: [] },
    });
    expect(listing).not.toHaveProperty('error');
  });

  test.each([
    ['ta', 'ta'],
    ['tab', 'tab'],
    ['b', 'b4'],
    ['4', 'tac'],
    ['@last', 'tac'],
  ])('are found by %j', async (reference, id) => {
    await using t = await startShell([adding]);
    expect(await t.shell.tasks.find(reference, signal)).toMatchObject({
      task: { id },
      source: { id: 'hook' },
    });
  });

  test.each(['t', 'c', '9', ''])('are not found by %j', async (reference) => {
    await using t = await startShell([adding]);
    await expect(t.shell.tasks.find(reference, signal)).rejects.toMatchObject({
      code: 'PREFISH_TASK_NOT_FOUND',
    });
  });

  test('are shown without what is no task, and the plugin that added that is named', async () => {
    const odd = plugin('odd', ({ hooks }) =>
      hooks.tasks.tap('x', (collector) => {
        for (const each of [null, { id: 't9' }]) collector.add(each as never);
      }),
    );
    await using t = await startShell([odd, adding]);
    const [listing] = await t.shell.tasks.list({ limit: 1 }, signal);
    expect(listing).toMatchObject({
      tasks: [{ id: 'ta' }],
      error: {
        code: 'PREFISH_TASK_SOURCE_FAILED',
        plugin: 'odd',
        message: expect.stringContaining('it is null'),
      },
    });
  });

  test('have the deadline of hooks, and an interrupt frees the list from a tap that hangs', async () => {
    const begun = Promise.withResolvers<void>();
    const stuck = plugin('stuck', ({ hooks }) =>
      hooks.tasks.tapPromise('x', () => {
        begun.resolve();
        return new Promise<never>(() => {});
      }),
    );
    await using t = await startShell([stuck], { hookDeadlineMs: 60_000 });
    const abort = new AbortController();
    const listing = t.shell.tasks.list({}, abort.signal);
    await begun.promise;
    abort.abort(new Error('interrupted'));
    expect(await listing).toMatchObject([
      { tasks: [], error: { code: 'PREFISH_INTERRUPTED', plugin: 'stuck' } },
    ]);
  });
});
