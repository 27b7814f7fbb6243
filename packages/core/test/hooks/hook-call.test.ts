import { expect, test } from 'vitest';
import type { HookTaps, PluginShell } from '../../src/index.ts';
import { plugin, printed, startShell } from '../start-shell.ts';

const echo = plugin('echo', (shell) =>
  shell.prefix({
    id: 'echo',
    token: '>',
    summary: '',
    run: (body, { out }) => {
      out.line(body);
      return { type: 'ok' };
    },
  }),
);
const policy = (tap: (hooks: HookTaps, shell: PluginShell) => void): ReturnType<typeof plugin> =>
  plugin('policy', (shell) => tap(shell.hooks, shell));
const forever = (): Promise<never> => new Promise(() => {});

test.each(['input', 'dispatch'] as const)('a tap of %s that never answers refuses the line', async (hook) => {
  await using t = await startShell([echo, policy((hooks) => hooks[hook].tapPromise('x', forever))], {
    hookDeadlineMs: 20,
  });
  expect((await t.shell.submit('> x')).result).toMatchObject({
    code: 'PREFISH_HOOK_LATE',
    plugin: 'policy',
    hook,
    hint: expect.any(String),
  });
  expect(printed(t.events)).toBe('');
});

test('a tap of settled that never answers is a warning; the line ends as it did', async () => {
  await using t = await startShell([echo, policy(({ settled }) => settled.tapAsync('x', () => {}))], {
    hookDeadlineMs: 20,
  });
  expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
  expect(t.events).toContainEqual(
    expect.objectContaining({ type: 'warning', code: 'PREFISH_HOOK_LATE', plugin: 'policy' }),
  );
});

test('a tap that fails or hangs hides no tasks of the others', async () => {
  const task = { id: 't1', state: 'working', createdAt: '2026-01-01T00:00:00Z' };
  await using t = await startShell(
    [
      policy(({ tasks }) => {
        tasks.tap('broken', () => {
          throw new Error('boom');
        });
        tasks.tapPromise('stuck', forever);
        tasks.tapPromise('good', async (collector) => collector.add(task as never));
      }),
    ],
    { hookDeadlineMs: 20 },
  );
  const [listing] = await t.shell.tasks.list({}, new AbortController().signal);
  expect(listing).toMatchObject({ tasks: [{ id: 't1' }], error: { plugin: 'policy', hook: 'tasks' } });
  expect((await t.shell.tasks.find('t1', new AbortController().signal)).task.id).toBe('t1');
});

test('an interrupt frees a line from a tap at once', async () => {
  const tapped = Promise.withResolvers<void>();
  await using t = await startShell([
    echo,
    policy(({ input }) => input.tapPromise('x', () => (tapped.resolve(), forever()))),
  ]);
  const abort = new AbortController();
  const line = t.shell.submit('> x', { signal: abort.signal });
  await tapped.promise;
  abort.abort();
  expect(await line).toMatchObject({ exit: { code: 130 }, result: { plugin: 'policy' } });
});

test('the time in which a tap asks the person does not count', async () => {
  await using t = await startShell(
    [
      echo,
      policy(({ dispatch }) =>
        dispatch.tapPromise('x', async (_line, { ask }) =>
          (await ask.confirm('Really?')) ? undefined : { type: 'denied', reason: 'no' },
        ),
      ),
    ],
    {
      hookDeadlineMs: 30,
      host: {
        ask: {
          confirm: () => new Promise((resolve) => setTimeout(resolve, 120, true)),
          select: forever,
        },
      },
    },
  );
  expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
});

test('a tapAsync that calls back twice, or throws afterwards, has answered once; the rest is told', async () => {
  await using t = await startShell([
    echo,
    policy(({ dispatch }) => {
      dispatch.tapAsync('twice', (_line, _context, done) => {
        done(null, undefined);
        done(null, { type: 'exit', code: 7 });
      });
      dispatch.tapAsync('then throws', (_line, _context, done) => {
        done(null, undefined);
        throw new Error('afterwards');
      });
    }),
  ]);
  expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
  const warnings = t.events.filter(({ type }) => type === 'warning');
  expect(warnings).toMatchObject([
    { code: 'PREFISH_HOOK_FAILED', plugin: 'policy', message: expect.stringContaining('twice') },
    { code: 'PREFISH_HOOK_FAILED', plugin: 'policy', message: expect.stringContaining('afterwards') },
  ]);
});

test.each([['a string'], [{}], [null], [{ text: 3 }]])(
  'an input tap that returns %j is named',
  async (made) => {
    await using t = await startShell([echo, policy(({ input }) => input.tap('x', () => made as never))]);
    expect((await t.shell.submit('> x')).result).toMatchObject({
      code: 'PREFISH_HOOK_FAILED',
      plugin: 'policy',
    });
  },
);

test('settled hears of refused and unknown lines, of failed taps and of commands by name', async () => {
  const heard: string[] = [];
  await using t = await startShell(
    [
      echo,
      policy(({ settled, input }) => {
        input.tap('x', (line) => {
          if (line.text === '> bad') throw new Error('bad');
          return line;
        });
        settled.tap('x', (line, result) => {
          heard.push(`${line.text} ${'code' in result ? result.code : 'ok'}`);
        });
      }),
    ],
    { refused: [{ token: '!', reason: 'given up' }] },
  );
  for (const line of ['!x', '/nope', '> bad', '> ok']) await t.shell.submit(line);
  await t.shell.runCommand('nope', ['a']);
  expect(heard).toEqual([
    '!x PREFISH_PREFIX_UNAVAILABLE',
    '/nope PREFISH_NO_OWNER',
    '> bad PREFISH_HOOK_FAILED',
    '> ok ok',
    '/nope a PREFISH_UNKNOWN_COMMAND',
  ]);
});
