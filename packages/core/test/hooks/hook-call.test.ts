import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { late } from '../../src/deadline.ts';
import { HookCall } from '../../src/hooks/hook-call.ts';
import type { HookTaps, PluginShell, RunContext } from '../../src/index.ts';
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
  const said = { number: 1, place: 'here', title: 'One', line: '!true' };
  const task = { ...said, id: 't1', state: 'working', createdAt: '2026-01-01T00:00:00Z' };
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
          text: forever,
          secret: forever,
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

describe('the time of a tap', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A call of a hook whose tap has begun, and questions that are answered from outside. */
  const started = () => {
    const call = new HookCall({ deadlineMs: 1000 });
    const questions: PromiseWithResolvers<never>[] = [];
    const question = (): Promise<never> => {
      questions.push(Promise.withResolvers<never>());
      return questions.at(-1)!.promise;
    };
    const context = { ask: { confirm: question, select: question }, lendTerminal: question };
    const answered = vi.fn<(answer: unknown) => void>();
    void call.answer(forever()).then(answered);
    return { call, context: call.unhurried(context as never), questions, answered };
  };

  test.each([
    ['confirm', ({ ask }: RunContext) => ask.confirm('Really?')],
    ['select', ({ ask }: RunContext) => ask.select('Which?', ['a'])],
    ['lendTerminal', ({ lendTerminal }: RunContext) => lendTerminal(forever)],
  ])('stands still during %s, and begins anew behind it, answered or not', async (_what, question) => {
    for (const end of ['resolve', 'reject'] as const) {
      const { context, questions, answered } = started();
      await vi.advanceTimersByTimeAsync(900);
      const asked = Promise.allSettled([question(context)]);
      await vi.advanceTimersByTimeAsync(5000);
      questions[0]![end]('said' as never);
      expect(await asked).toEqual([
        expect.objectContaining({ [end === 'resolve' ? 'value' : 'reason']: 'said' }),
      ]);
      await vi.advanceTimersByTimeAsync(999);
      expect(answered).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(answered).toHaveBeenCalledWith(late);
    }
  });

  test('stands still until the last of several questions, for taps that begin meanwhile too', async () => {
    const { call, context, questions, answered } = started();
    void context.ask.confirm('One?');
    void context.ask.confirm('Two?');
    void call.answer(forever()).then(answered);
    await vi.advanceTimersByTimeAsync(5000);
    questions[0]!.resolve(true as never);
    await vi.advanceTimersByTimeAsync(5000);
    expect(answered).not.toHaveBeenCalled();
    questions[1]!.resolve(true as never);
    await vi.advanceTimersByTimeAsync(1000);
    expect(answered.mock.calls).toEqual([[late], [late]]);
  });

  test('ends with its answer, and no question starts it again', async () => {
    const call = new HookCall({ deadlineMs: 1000 });
    const confirm = async (): Promise<boolean> => true;
    expect(await call.answer(Promise.resolve('answer'))).toBe('answer');
    expect(vi.getTimerCount()).toBe(0);
    await call.unhurried({ ask: { confirm } } as never).ask.confirm('Really?');
    expect(vi.getTimerCount()).toBe(0);
  });
});
