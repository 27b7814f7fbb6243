import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Stage, type PluginShell } from '../../src/index.ts';
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
const tapped = (setup: (shell: PluginShell) => void): ReturnType<typeof plugin> => plugin('policy', setup);

describe('the hooks', () => {
  test('input rewrites a line, dispatch denies one, settled hears of both', async () => {
    const heard: string[] = [];
    const policy = tapped(({ hooks }) => {
      hooks.input.tap('alias', (input) => ({ ...input, text: input.text.replace('gs', 'git status') }));
      hooks.dispatch.tap('deny', (line) =>
        line.body.includes('rm') ? { type: 'denied', reason: 'not here', hint: 'ask first' } : undefined,
      );
      hooks.settled.tap(
        'audit',
        (line, result) => void heard.push(`${line.body} ${'type' in result ? result.type : 'error'}`),
      );
    });
    await using t = await startShell([echo, policy]);
    await t.shell.submit('>gs');
    const denied = await t.shell.submit('>rm -rf x');
    expect(printed(t.events)).toBe('git status\n');
    expect(denied.exit).toEqual({ code: 2 });
    expect(t.events.at(-2)).toMatchObject({
      type: 'error',
      code: 'PREFISH_DENIED',
      message: 'not here',
      hint: 'ask first',
    });
    expect(heard).toEqual(['git status ok', 'rm -rf x denied']);
  });

  test.each([
    [
      'tap',
      (shell: PluginShell) =>
        shell.hooks.dispatch.tap('x', () => {
          throw new Error('boom');
        }),
    ],
    [
      'tapPromise',
      (shell: PluginShell) =>
        shell.hooks.dispatch.tapPromise('x', async () => {
          throw new Error('boom');
        }),
    ],
    [
      'tapAsync',
      (shell: PluginShell) =>
        shell.hooks.dispatch.tapAsync('x', (_line, _context, done) => done(new Error('boom'))),
    ],
    [
      'tapAsync that throws',
      (shell: PluginShell) =>
        shell.hooks.dispatch.tapAsync('x', () => {
          throw new Error('boom');
        }),
    ],
  ])('a policy that fails refuses the line and is named (%s)', async (_name, setup) => {
    await using t = await startShell([echo, tapped(setup)]);
    const { result, exit } = await t.shell.submit('> x');
    expect(result).toMatchObject({
      code: 'PREFISH_HOOK_FAILED',
      plugin: 'policy',
      hook: 'dispatch',
      cause: { message: 'boom' },
      message: expect.stringMatching(/boom \(guard\.test\.ts:\d+\)$/),
      hint: expect.stringContaining('PREFISH_DEBUG=1'),
    });
    expect(exit).toEqual({ code: 1 });
    expect(printed(t.events)).toBe('');
    expect(t.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  test('a promise from tap() is an error that says what to use', async () => {
    await using t = await startShell([
      echo,
      tapped(({ hooks }) => hooks.settled.tap('x', (async () => {}) as never)),
    ]);
    const { exit } = await t.shell.submit('> x');
    expect(exit).toEqual({ code: 0 });
    expect(t.events.find(({ type }) => type === 'warning')).toMatchObject({
      code: 'PREFISH_HOOK_PROMISE',
      plugin: 'policy',
      hint: expect.stringContaining('tapPromise'),
    });
  });

  test('a tap that was left behind, or not waited for, may fail later: nobody is disturbed', async () => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const late = Promise.withResolvers<never>();
    let begun = Promise.withResolvers<void>();
    await using t = await startShell(
      [
        echo,
        tapped(({ hooks }) => {
          hooks.dispatch.tapPromise('x', () => (begun.resolve(), late.promise));
          hooks.settled.tap('x', (() => Promise.reject(new Error('not waited for'))) as never);
        }),
      ],
      { hookDeadlineMs: 20 },
    );
    expect((await t.shell.submit('> held')).result).toMatchObject({
      code: 'PREFISH_HOOK_LATE',
      message: 'policy did not answer within 0.02 s in the hook "dispatch"',
      hint: expect.stringContaining('Remove policy'),
    });
    const abort = new AbortController();
    begun = Promise.withResolvers<void>();
    const line = t.shell.submit('> held', { signal: abort.signal });
    await begun.promise;
    abort.abort();
    expect((await line).result).toMatchObject({
      code: 'PREFISH_INTERRUPTED',
      message: 'Interrupted while policy held the line',
    });
    late.reject(new Error('too late'));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test.each([
    [(): unknown => ({ type: 'denied' }), 'it returned the outcome "denied" without a reason'],
    [(): unknown => 'no', 'it returned string'],
  ])('a policy that answers %s is told what is wrong with it', async (answer, complaint) => {
    await using t = await startShell([echo, tapped(({ hooks }) => hooks.dispatch.tap('x', answer as never))]);
    expect((await t.shell.submit('> x')).result).toMatchObject({
      code: 'PREFISH_HOOK_FAILED',
      plugin: 'policy',
      message: expect.stringContaining(complaint),
    });
    expect(printed(t.events)).toBe('');
  });

  test('Stage.early comes before the normal taps, Stage.late behind them', async () => {
    const order: string[] = [];
    await using t = await startShell([
      echo,
      tapped(({ hooks }) => {
        for (const [name, stage] of Object.entries(Stage).reverse())
          hooks.settled.tap({ name, stage }, () => void order.push(name));
        hooks.settled.tap('plain', () => void order.push('plain'));
      }),
    ]);
    await t.shell.submit('> x');
    expect(order).toEqual(['early', 'normal', 'plain', 'late']);
  });

  test('taps of a plugin that failed its setup do nothing', async () => {
    const broken = tapped(({ hooks }) => {
      hooks.input.tap('x', (input) => ({ ...input, text: '>hijacked' }));
      throw new Error('half way');
    });
    await using t = await startShell([echo, broken]);
    await t.shell.submit('> mine');
    expect(printed(t.events)).toBe('mine\n');
  });

  test('plugins can tap hooks and nothing else', async () => {
    let seen: object | undefined;
    await using t = await startShell([
      tapped(({ hooks }) => {
        seen = hooks.input;
      }),
    ]);
    expect(Object.keys(seen ?? {}).sort()).toEqual(['tap', 'tapAsync', 'tapPromise']);
    expect(t.shell.plugins[0]?.error).toBeUndefined();
  });
});
