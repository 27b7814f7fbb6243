import { describe, expect, test } from 'vitest';
import {
  definePlugin,
  responsiblePlugin,
  type Plugin,
  type Prefix,
  type Responsible,
} from '../../src/index.ts';
import { plugin, printed, startShell } from '../start-shell.ts';

const echo = (name: string, token = '>', more: Partial<Prefix> = {}): Plugin =>
  plugin(name, (shell) =>
    shell.prefix({
      id: name,
      token,
      summary: '',
      run: (body, { out }) => {
        out.line(`${name}:${body}`);
        return { type: 'ok' };
      },
      ...more,
    }),
  );
const text = echo('text', '');

describe('loading and unloading', () => {
  test('a plugin comes and goes while the shell runs', async () => {
    await using t = await startShell([text]);
    expect(await t.shell.load({ plugin: echo('late'), origin: './late.ts' })).toMatchObject({
      name: 'late',
      origin: './late.ts',
      prefixes: ['late'],
    });
    await t.shell.submit('> x');
    await t.shell.unload('late');
    expect((await t.shell.submit('> x')).result).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
    expect(printed(t.events)).toBe('late:x\n');
    expect(t.shell.plugins.map(({ name }) => name)).toEqual(['text']);
    await t.shell.load(echo('late'));
    expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
  });

  test('one that cannot be loaded is an entry with its error; once mended, it is loaded', async () => {
    await using t = await startShell([text]);
    const broken = plugin('late', (shell) => {
      shell.prefix({ id: 'late', token: '>', summary: '', run: () => ({ type: 'ok' }) });
      throw new Error('half way');
    });
    expect((await t.shell.load(broken)).error).toMatchObject({ code: 'PREFISH_PLUGIN_SETUP' });
    expect((await t.shell.submit('> x')).result).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
    expect((await t.shell.load(echo('late'))).error).toBeUndefined();
    expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
    expect(t.shell.plugins.map(({ name }) => name)).toEqual(['text', 'late']);
    await t.shell.load(broken);
    await t.shell.unload('late');
    expect((await t.shell.submit('> x')).result).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
  });

  test('of two plugins of one name the first stays, at start and later', async () => {
    await using t = await startShell([echo('one'), echo('one', '<')]);
    expect(t.events).toMatchObject([{ code: 'PREFISH_PLUGIN_DUPLICATE', plugin: 'one' }]);
    expect((await t.shell.load(echo('one', '<'))).error).toMatchObject({ code: 'PREFISH_PLUGIN_DUPLICATE' });
    expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
  });

  test('unloading interrupts its lines, silences its taps and runs its cleanup, in this order', async () => {
    const order: string[] = [];
    const started = Promise.withResolvers<void>();
    const busy = plugin('busy', (shell) => {
      shell.hooks.dispatch.tap('x', () => void order.push('tapped'));
      shell.prefix({
        id: 'busy',
        token: '>',
        summary: '',
        run: (_body, { signal }) => {
          started.resolve();
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              order.push('interrupted');
              reject(signal.reason);
            }),
          );
        },
      });
      return () => order.push('cleaned');
    });
    await using t = await startShell([text, busy]);
    const line = t.shell.submit('>');
    await started.promise;
    await t.shell.unload('busy');
    expect((await line).exit).toEqual({ code: 130 });
    await t.shell.submit('x');
    expect(order).toEqual(['tapped', 'interrupted', 'cleaned']);
  });

  test('an expected or a given-up token stays refused, and says why', async () => {
    await using t = await startShell([text, echo('memory', '#')], {
      expected: [{ id: 'memory', token: '#', plugin: 'memory' }],
      refused: [{ token: '!', reason: 'the project calls it $', hint: 'Write $ls' }],
    });
    await t.shell.unload('memory');
    expect((await t.shell.submit('# x')).result).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
    expect((await t.shell.submit('!ls')).result).toMatchObject({
      code: 'PREFISH_PREFIX_UNAVAILABLE',
      message: expect.stringContaining('the project calls it $'),
      hint: 'Write $ls',
    });
    await t.shell.load(echo('bang', '!'));
    expect((await t.shell.submit('!ls')).exit).toEqual({ code: 0 });
  });
});

describe('two claims on one token', () => {
  test('are said when the second plugin is loaded, once', async () => {
    await using t = await startShell([echo('one'), echo('two')]);
    const conflict = {
      type: 'warning',
      code: 'PREFISH_TOKEN_CONFLICT',
      message: expect.stringMatching(/one \("one"\) and two \("two"\)/),
      hint: expect.stringContaining('prefixes: { "two"'),
    };
    expect(t.events).toMatchObject([conflict]);
    await t.shell.load(echo('other', '<'));
    expect(t.events).toHaveLength(1);
    await t.shell.load(echo('three', '<'));
    expect(t.events).toMatchObject([conflict, { message: expect.stringMatching(/other.*three/) }]);
  });

  test('are said again when one of the two is loaded again', async () => {
    await using t = await startShell([echo('one'), echo('two')]);
    await t.shell.unload('two');
    await t.shell.load(echo('two'));
    expect(t.events).toMatchObject([{ code: 'PREFISH_TOKEN_CONFLICT' }, { code: 'PREFISH_TOKEN_CONFLICT' }]);
  });

  test('on plain text are called so', async () => {
    await using t = await startShell([text, echo('agent', '')]);
    const message = expect.stringMatching(/^Plain text is claimed by text \("text"\) and agent \("agent"\)/);
    expect(t.events).toMatchObject([{ type: 'warning', code: 'PREFISH_TOKEN_CONFLICT', message }]);
    expect((await t.shell.submit('x')).result).toMatchObject({ code: 'PREFISH_TOKEN_CONFLICT', message });
    expect(t.shell.explain('x').refused).toMatchObject({ code: 'PREFISH_TOKEN_CONFLICT', message });
  });
});

describe('a setup', () => {
  test('that is late can register nothing any more, and its cleanup is run', async () => {
    const go = Promise.withResolvers<void>();
    const cleaned = Promise.withResolvers<void>();
    let refused: unknown;
    const slow = definePlugin({
      name: 'slow',
      api: '^1',
      async setup(shell) {
        await go.promise;
        try {
          shell.command({ name: 'slow', summary: '', run: () => ({ type: 'ok' }) });
        } catch (error) {
          refused = error;
        }
        return () => cleaned.resolve();
      },
    });
    await using t = await startShell([slow(), text], { setupDeadlineMs: 20 });
    expect(t.events).toMatchObject([
      { code: 'PREFISH_PLUGIN_SETUP', plugin: 'slow', hint: expect.any(String) },
    ]);
    go.resolve();
    await cleaned.promise;
    expect(refused).toMatchObject({ code: 'PREFISH_PLUGIN_CLOSED', plugin: 'slow' });
    expect(t.shell.commands).toEqual([]);
  });

  test.each([
    ['null', null],
    ['a string', 'oops'],
    ['an object that is no text', Object.create(null)],
  ])('that throws %s is named all the same', async (_what, thrown) => {
    await using t = await startShell([
      plugin('odd', () => {
        throw thrown;
      }),
    ]);
    expect(t.events).toMatchObject([{ code: 'PREFISH_PLUGIN_SETUP', plugin: 'odd' }]);
    expect(t.shell.plugins[0]?.error).toMatchObject({ hook: 'setup', cause: thrown });
  });

  test.each([
    ['prefix', 'summary', { id: 'x', token: 'x', run: () => ({ type: 'ok' }) }],
    ['prefix', 'id', { token: 'x', summary: '', run: () => ({ type: 'ok' }) }],
    ['prefix', 'run', { id: 'x', token: 'x', summary: '' }],
    ['command', 'name', { summary: '', run: () => ({ type: 'ok' }) }],
    [
      'tasks',
      'actions',
      { id: 'x', title: 'X', list: async () => ({ tasks: [] }), get: async () => undefined },
    ],
  ] as const)('that registers a %s without %s is told so', async (method, missing, value) => {
    await using t = await startShell([
      plugin('hasty', (shell) => (shell[method] as (value: unknown) => void)(value)),
    ]);
    expect(t.events).toMatchObject([
      {
        code: 'PREFISH_PLUGIN_INVALID',
        plugin: 'hasty',
        message: expect.stringContaining(`without ${missing}`),
      },
    ]);
  });

  test('that gives a leading option a short form is told that there are none', async () => {
    const hasty = plugin('hasty', (shell) =>
      shell.prefix({
        id: 'x',
        token: 'x',
        summary: '',
        args: { times: { type: 'string', short: 't' as never } },
        run: () => ({ type: 'ok' }),
      }),
    );
    await using t = await startShell([hasty]);
    expect(t.events).toMatchObject([
      { code: 'PREFISH_PLUGIN_INVALID', plugin: 'hasty', message: expect.stringContaining('--times') },
    ]);
  });

  test('that throws is told where', async () => {
    await using t = await startShell([
      plugin('broken', () => {
        throw new Error('no database');
      }),
    ]);
    expect(t.events).toMatchObject([
      {
        code: 'PREFISH_PLUGIN_SETUP',
        message: expect.stringMatching(/no database \(plugin-set\.test\.ts:\d+\)$/),
        hint: expect.stringContaining('PREFISH_DEBUG=1'),
      },
    ]);
  });

  test('of a plugin that throws when it is looked at does not run', async () => {
    const hostile = new Proxy(text, {
      get: () => {
        throw new Error('do not look');
      },
    });
    await using t = await startShell([hostile, text]);
    expect(t.events).toMatchObject([{ code: 'PREFISH_PLUGIN_INVALID' }]);
    expect((await t.shell.submit('x')).exit).toEqual({ code: 0 });
  });
});

test('a cleanup that hangs is named, and the next one is run', async () => {
  const order: string[] = [];
  const t = await startShell(
    [plugin('good', () => () => order.push('good')), plugin('stuck', () => () => new Promise(() => {}))],
    { cleanupDeadlineMs: 20 },
  );
  await t.shell.close();
  expect(order).toEqual(['good']);
  expect(t.events).toMatchObject([{ code: 'PREFISH_CLEANUP_FAILED', plugin: 'stuck' }]);
  expect((await t.shell.submit('x')).result).toMatchObject({ message: 'The shell is closed' });
});

test('whose code runs is known wherever the kernel calls it, and nowhere else', async () => {
  const seen: (Responsible | undefined)[] = [];
  const look = (): void => void seen.push(responsiblePlugin());
  const watched = plugin('watched', (shell) => {
    look();
    shell.hooks.settled.tap('x', look);
    shell.prefix({
      id: 'watched',
      token: '>',
      summary: '',
      run: async () => {
        await new Promise((resolve) => setTimeout(() => resolve(look()), 1));
        return { type: 'ok' };
      },
      complete: () => (look(), []),
    });
    return look;
  });
  const t = await startShell([watched]);
  await t.shell.submit('> x');
  await t.shell.complete('> x', 3);
  await t.shell.close();
  look();
  expect(seen.map((by) => by && `${by.plugin}: ${by.hook}`)).toEqual([
    'watched: setup',
    'watched: prefix watched',
    'watched: hook settled',
    'watched: completion of prefix watched',
    'watched: cleanup',
    undefined,
  ]);
});
