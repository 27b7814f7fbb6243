import { describe, expect, test } from 'vitest';
import { responsiblePlugin, type Event, type Task, type TaskSource } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const task: Task = {
  id: 't1',
  number: 1,
  source: 'server',
  place: 'here',
  title: 'x',
  line: '!true',
  state: 'working',
  attempt: 1,
  createdAt: '2026-01-01T00:00:00Z',
  sandbox: 'bwrap',
  network: 'full',
};
const event: Event = { seq: 1, at: task.createdAt, type: 'output', stream: 'stdout', text: 'x' };
const { signal } = new AbortController();

/** The source as the shell hands it out. */
async function registered(
  parts: Partial<TaskSource>,
): Promise<{ source: TaskSource; [Symbol.asyncDispose](): Promise<void> }> {
  const bare: TaskSource = {
    id: 'server',
    title: 'Server',
    list: async () => ({ tasks: [] }),
    get: async () => undefined,
    actions: [],
  };
  const t = await startShell([plugin('server-plugin', (shell) => shell.tasks(Object.assign(bare, parts)))]);
  return { source: t.shell.tasks.sources[0]!, [Symbol.asyncDispose]: () => t.shell.close() };
}

describe('a registered source', () => {
  test('is told what it is asked, and each call into it is known as its plugin’s', async () => {
    const calls: unknown[] = [];
    const note = (method: string, ...given: unknown[]): void => {
      const { plugin: name, hook } = responsiblePlugin() ?? {};
      calls.push([`${name}: ${hook}`, method, ...given]);
    };
    await using t = await registered({
      list: async (...given) => (note('list', ...given), { tasks: [task], next: 'more' }),
      get: async (...given) => (note('get', ...given), task),
      async *watch(...given) {
        note('watch', ...given);
        yield task;
      },
      async *events(...given) {
        note('events', ...given);
        try {
          yield event;
        } finally {
          note('events end');
        }
      },
    });
    const query = { after: 0, follow: true };
    expect(await t.source.list({ limit: 3 }, signal)).toEqual({ tasks: [task], next: 'more' });
    expect(await t.source.get('t1', signal)).toEqual(task);
    for await (const changed of t.source.watch!(signal)) expect(changed).toEqual(task);
    for await (const one of t.source.events!('t1', query, signal)) {
      expect(one).toEqual(event);
      break;
    }
    expect(responsiblePlugin()).toBeUndefined();
    expect(calls).toEqual([
      ['server-plugin: source server list', 'list', { limit: 3 }, signal],
      ['server-plugin: source server get', 'get', 't1', signal],
      ['server-plugin: source server watch', 'watch', signal],
      ['server-plugin: source server events', 'events', 't1', query, signal],
      ['server-plugin: source server events', 'events end'],
    ]);
  });

  test.each([[undefined], [null], ['none'], [{}], [{ tasks: 3 }]])(
    'whose list is %j is named as the one that failed',
    async (page) => {
      await using t = await registered({ list: async () => page as never });
      await expect(t.source.list({}, signal)).rejects.toMatchObject({
        code: 'PREFISH_TASK_SOURCE_FAILED',
        plugin: 'server-plugin',
        message: 'Server: its list is not one of tasks',
      });
    },
  );

  test('is known as its plugin’s while its tasks are read', async () => {
    const readers: unknown[] = [];
    const read = {
      ...task,
      get title() {
        readers.push(responsiblePlugin()?.hook);
        return 'x';
      },
    };
    await using t = await registered({ list: async () => ({ tasks: [read] }), get: async () => read });
    await t.source.list({}, signal);
    await t.source.get('t1', signal);
    expect(new Set(readers)).toEqual(new Set(['source server list', 'source server get']));
  });

  test('may have events that cannot be ended early', async () => {
    const next = async (): Promise<IteratorResult<Event>> => ({ done: false, value: event });
    await using t = await registered({ events: () => ({ [Symbol.asyncIterator]: () => ({ next }) }) });
    const events = t.source.events!('t1', { after: 0, follow: false }, signal)[Symbol.asyncIterator]();
    expect(await events.next()).toEqual({ done: false, value: event });
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
  });

  test('that cannot watch or tell events does not seem to', async () => {
    await using t = await registered({});
    expect(t.source).toMatchObject({ id: 'server', title: 'Server', actions: [] });
    expect(t.source.watch).toBeUndefined();
    expect(t.source.events).toBeUndefined();
  });

  test('has its actions as they are now, each known as its plugin’s', async () => {
    const calls: unknown[] = [];
    const stop = {
      name: 'stop',
      summary: 'Stop it',
      key: 'x',
      applies(this: unknown, each: Task) {
        calls.push([this === stop, responsiblePlugin()?.hook, each]);
        return each.state === 'working';
      },
      run(this: unknown, ...given: readonly unknown[]) {
        calls.push([this === stop, responsiblePlugin()?.hook, ...given]);
        return { type: 'ok', message: 'stopped' } as const;
      },
    };
    const actions = [stop];
    await using t = await registered({ actions });
    const [action] = t.source.actions;
    expect(action).toMatchObject({ name: 'stop', summary: 'Stop it', key: 'x' });
    expect(action!.applies!(task)).toBe(true);
    expect(action!.applies!({ ...task, state: 'completed' })).toBe(false);
    const args = { values: {}, positionals: ['now'] };
    const context = { signal } as never;
    expect(await action!.run(task, args, context)).toEqual({ type: 'ok', message: 'stopped' });
    const hook = 'source server action stop';
    expect(calls).toEqual([
      [true, hook, task],
      [true, hook, { ...task, state: 'completed' }],
      [true, hook, task, args, context],
    ]);
    const { applies: _, ...always } = stop;
    actions[0] = always as typeof stop;
    expect(t.source.actions[0]).not.toHaveProperty('applies');
  });
});
