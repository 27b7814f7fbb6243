import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { PrefishError, type Task, type TaskSource } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const task = (id: string, source: string, number = 1, createdAt = '2026-01-01T00:00:00Z'): Task => ({
  id,
  number,
  source,
  place: 'here',
  title: id,
  line: '!true',
  state: 'working',
  attempt: 1,
  createdAt,
  sandbox: 'bwrap',
  network: 'full',
});
const source = (
  id: string,
  tasks: readonly Task[],
  broken: Partial<TaskSource> = {},
): ReturnType<typeof plugin> =>
  plugin(`${id}-plugin`, (shell) =>
    shell.tasks({
      id,
      title: id,
      list: async () => ({ tasks }),
      get: async (reference) =>
        reference === '@last'
          ? tasks[0]
          : tasks.find((each) => each.id.startsWith(reference) || String(each.number) === reference),
      actions: [],
      ...broken,
    }),
  );
const signal = new AbortController().signal;

describe('the task directory', () => {
  test('lists every source; one that fails or hangs is its own error', async () => {
    await using t = await startShell(
      [
        source('good', [task('tgood', 'good')]),
        source('failing', [], {
          list: async () => {
            throw new Error('down');
          },
        }),
        source('hanging', [], { list: () => new Promise(() => {}) }),
      ],
      { sourceDeadlineMs: 50 },
    );
    const listings = await t.shell.tasks.list({}, signal);
    expect(listings.map(({ source: { id }, tasks, error }) => [id, tasks.length, error?.message])).toEqual([
      ['good', 1, undefined],
      ['failing', 0, 'down'],
      ['hanging', 0, expect.stringContaining('no answer')],
    ]);
  });

  test('tasks of a hook tap are listed beside the sources', async () => {
    const tapped = plugin('tapped', ({ hooks }) =>
      hooks.tasks.tapPromise('x', async (collector) => collector.add(task('thook', 'x'))),
    );
    await using t = await startShell([source('good', []), tapped]);
    const listings = await t.shell.tasks.list({}, signal);
    expect(listings.flatMap(({ tasks }) => tasks.map(({ id }) => id))).toEqual(['thook']);
  });

  test('finds a task by any reference, in whichever source has it', async () => {
    await using t = await startShell([
      source('a', [task('taaa', 'a', 1, '2026-01-01T00:00:00Z')]),
      source('b', [task('tbbb', 'b', 2, '2026-01-02T00:00:00Z')]),
    ]);
    expect((await t.shell.tasks.find('tb', signal)).source.id).toBe('b');
    expect((await t.shell.tasks.find('1', signal)).task.id).toBe('taaa');
    expect((await t.shell.tasks.find('@last', signal)).task.id).toBe('tbbb');
    await expect(t.shell.tasks.find('zzz', signal)).rejects.toMatchObject({ code: 'PREFISH_TASK_NOT_FOUND' });
    await expect(t.shell.tasks.find('t', signal)).rejects.toMatchObject({
      code: 'PREFISH_TASK_AMBIGUOUS',
      hint: expect.stringContaining('tbbb'),
    });
  });

  test('a number that two sources have given names neither, and their ids are said', async () => {
    const far = {
      ...task('tfar', 'b', 3, '2026-01-02T00:00:00Z'),
      place: 'build.example.org',
      title: 'fix it',
    };
    await using t = await startShell([
      source('a', [task('tnear', 'a', 3), task('tnearer', 'a', 4)]),
      source('b', [far]),
    ]);
    await expect(t.shell.tasks.find('3', signal)).rejects.toMatchObject({
      code: 'PREFISH_TASK_AMBIGUOUS',
      message: '"3" names several tasks',
      hint: 'Say which by its id: tnear (a · here · tnear), tfar (b · build.example.org · fix it)',
    });
    expect((await t.shell.tasks.find('4', signal)).task.id).toBe('tnearer');
    expect((await t.shell.tasks.find('tnear', signal)).task.id).toBe('tnear');
    expect((await t.shell.tasks.find('@last', signal)).task.id).toBe('tfar');
  });

  test('@last may be wanted of some sources alone', async () => {
    await using t = await startShell([
      source('a', [task('tnear', 'a', 3)]),
      source('b', [task('tfar', 'b', 4, '2026-01-02T00:00:00Z')]),
    ]);
    const last = async (wanted: string): Promise<string> =>
      (await t.shell.tasks.find('@last', signal, ({ id }) => id === wanted)).task.id;
    expect([await last('a'), await last('b'), await last('none')]).toEqual(['tnear', 'tfar', 'tfar']);
  });

  test('says which sources could not be asked for a number', async () => {
    const broken = { get: () => Promise.reject(new Error('down')) };
    await using t = await startShell([source('a', [task('tnear', 'a', 3)]), source('b', [], broken)]);
    expect((await t.shell.tasks.find('3', signal)).unasked?.map(({ id }) => id)).toEqual(['b']);
    expect((await t.shell.tasks.find('tnear', signal)).unasked).toBeUndefined();
  });

  test('what is ambiguous within a source is not settled by another that has one such task', async () => {
    const several = {
      get: async () => {
        throw new PrefishError('PREFISH_TASK_AMBIGUOUS', 'several');
      },
    };
    await using t = await startShell([source('a', [], several), source('b', [task('tb', 'b')])]);
    await expect(t.shell.tasks.find('t', signal)).rejects.toThrow('several');
  });

  test('a source that is down does not hide a task of another, and is blamed only when none has it', async () => {
    const down = {
      get: async () => {
        throw new Error('down');
      },
    };
    await using t = await startShell([source('down', [], down), source('b', [task('tbbb', 'b')])]);
    expect((await t.shell.tasks.find('tbbb', signal)).task.id).toBe('tbbb');
    await expect(t.shell.tasks.find('zzz', signal)).rejects.toThrow('down');
  });

  test.each([
    [
      'throws before it has begun',
      () => {
        throw new Error('at once');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns what are no tasks', async () => ({ tasks: [{ id: 3 }] })],
    ['returns a list that cannot be looked at', async () => ({ tasks: new Proxy([], { get: () => null! }) })],
  ])('a source that %s is its own error', async (_what, list) => {
    await using t = await startShell([
      source('odd', [], { list: list as never }),
      source('b', [task('tb', 'b')]),
    ]);
    const [odd, good] = await t.shell.tasks.list({}, signal);
    expect(odd?.error).toBeInstanceOf(Error);
    expect(good?.tasks).toHaveLength(1);
  });

  test('a bad task of a source is left out and said, with its plugin; the others are shown', async () => {
    const bad = { ...task('bad', 'odd'), state: 'bogus' as never };
    const list = async (): Promise<{ tasks: Task[]; next: string }> => ({
      tasks: [bad, task('tgood', 'odd'), bad],
      next: 'more',
    });
    await using t = await startShell([source('odd', [bad], { list }), source('b', [task('tb', 'b')])]);
    const [odd, good] = await t.shell.tasks.list({}, signal);
    expect(odd).toMatchObject({
      tasks: [{ id: 'tgood' }],
      next: 'more',
      error: {
        code: 'PREFISH_TASK_SOURCE_FAILED',
        plugin: 'odd-plugin',
        message: expect.stringMatching(/^odd: .*2.*"bad".*state "bogus"/),
      },
    });
    expect(good?.error).toBeUndefined();
    await expect(t.shell.tasks.find('bad', signal)).rejects.toMatchObject({
      plugin: 'odd-plugin',
      message: expect.stringContaining('state "bogus"'),
    });
    const [registered] = t.shell.tasks.sources;
    await expect(registered!.get('bad', signal)).rejects.toMatchObject({ plugin: 'odd-plugin' });
    expect((await registered!.list({}, signal)).tasks).toMatchObject([{ id: 'tgood' }]);
  });

  test('a bad task is not among those that a source tells of as they change', async () => {
    const watch = async function* (): AsyncIterable<Task> {
      yield { ...task('bad', 'a'), createdAt: 'never' };
      yield task('tgood', 'a');
    };
    await using t = await startShell([source('a', [], { watch })]);
    const seen: string[] = [];
    for await (const { id } of t.shell.tasks.sources[0]!.watch!(signal)) seen.push(id);
    expect(seen).toEqual(['tgood']);
  });

  test('one source is asked without waiting for another that hangs', async () => {
    await using t = await startShell([
      source('hanging', [], { list: () => new Promise(() => {}) }),
      source('b', [task('tb', 'b')]),
    ]);
    expect(await t.shell.tasks.listSource('b', {}, signal)).toMatchObject({ tasks: [{ id: 'tb' }] });
    expect(await t.shell.tasks.listSource('none', {}, signal)).toBeUndefined();
  });

  test('an interrupt frees whoever waits for a source', async () => {
    await using t = await startShell([source('hanging', [], { get: () => new Promise(() => {}) })]);
    const abort = new AbortController();
    const finding = t.shell.tasks.find('x', abort.signal);
    abort.abort();
    await expect(finding).rejects.toThrow();
  });

  test('passes on where a list goes on, and nothing where it ends', async () => {
    const tasks = [task('ta', 'a')];
    await using t = await startShell([
      source('more', [], { list: async ({ cursor }) => ({ tasks, next: `${cursor}+1` }) }),
      source('all', tasks),
    ]);
    expect(t.shell.tasks.sources.map(({ id }) => id)).toEqual(['more', 'all']);
    const [more, all] = await t.shell.tasks.list({ cursor: '7' }, signal);
    expect(more).toMatchObject({ plugin: 'more-plugin', tasks, next: '7+1' });
    expect(more).not.toHaveProperty('error');
    expect(all).not.toHaveProperty('next');
  });

  test('tells a source that is late to stop, names it, and keeps nothing of the caller’s signal', async () => {
    const told: AbortSignal[] = [];
    const never = (_: unknown, own: AbortSignal): Promise<never> => {
      told.push(own);
      return new Promise(() => {});
    };
    await using t = await startShell(
      [source('hanging', [], { list: never, get: never }), source('b', [task('tb', 'b')])],
      { sourceDeadlineMs: 50 },
    );
    const caller = new AbortController();
    const late = {
      code: 'PREFISH_TASK_SOURCE_FAILED',
      plugin: 'hanging-plugin',
      message: 'hanging: no answer within 0.05 s',
    };
    const [hanging] = await t.shell.tasks.list({}, caller.signal);
    expect(hanging!.error).toMatchObject(late);
    await expect(t.shell.tasks.find('none', caller.signal)).rejects.toMatchObject({
      ...late,
      hint: expect.stringContaining('Nothing was done with none'),
    });
    expect(told.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });

  test('gives the taps of the hook the time of a hook, not that of a source', async () => {
    const slow = plugin('slow', ({ hooks }) =>
      hooks.tasks.tapPromise('x', async (collector) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        collector.add(task('thook', 'x'));
      }),
    );
    await using t = await startShell([slow], { sourceDeadlineMs: 5 });
    expect((await t.shell.tasks.find('thook', signal)).task.id).toBe('thook');
  });

  test('an error names the reference, and the tasks that it could mean', async () => {
    await using t = await startShell([source('a', [task('ta', 'a')]), source('b', [task('tb', 'b')])]);
    await expect(t.shell.tasks.find('zzz', signal)).rejects.toMatchObject({
      message: expect.stringContaining('"zzz"'),
      hint: expect.stringContaining('@last'),
    });
    await expect(t.shell.tasks.find('t', signal)).rejects.toMatchObject({
      message: expect.stringContaining('"t"'),
      hint: 'Say which by its id: ta (a · here · ta), tb (b · here · tb)',
    });
  });
});
