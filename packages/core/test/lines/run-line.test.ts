import { describe, expect, test } from 'vitest';
import { PrefishError } from '../../src/index.ts';
import { plugin, printed, startShell } from '../start-shell.ts';

const prefix = (
  run: Parameters<Parameters<Parameters<typeof plugin>[1]>[0]['prefix']>[0]['run'],
): ReturnType<typeof plugin> =>
  plugin('broken', (shell) => shell.prefix({ id: 'broken', token: '>', summary: '', run }));

describe('a handler', () => {
  test('knows whether a line follows, where the line was forwarded too', async () => {
    const told: unknown[] = [];
    await using t = await startShell([
      prefix((body, { last, origin }) => {
        told.push([body, origin, last]);
        return body === 'twice' ? { type: 'forward', text: '>again' } : { type: 'ok' };
      }),
    ]);
    await t.shell.submit('>first', { origin: 'script' });
    await t.shell.submit('>twice', { origin: 'script', last: true });
    expect(told).toEqual([
      ['first', 'script', undefined],
      ['twice', 'script', true],
      ['again', 'script', true],
    ]);
  });

  test('that throws is named, with its cause, and the shell goes on', async () => {
    const cause = new Error('oh no');
    await using t = await startShell([
      prefix(() => {
        throw cause;
      }),
    ]);
    const { result, exit } = await t.shell.submit('>');
    expect(result).toMatchObject({
      code: 'PREFISH_PLUGIN_FAILED',
      plugin: 'broken',
      hook: 'prefix broken',
      cause,
    });
    expect(result).toMatchObject({
      message: expect.stringMatching(/oh no \(run-line\.test\.ts:\d+\)$/),
      hint: expect.stringContaining('PREFISH_DEBUG=1'),
    });
    expect(exit).toEqual({ code: 1 });
    expect((await t.shell.submit('>')).exit).toEqual({ code: 1 });
  });

  test('that throws an error of its own is named in it', async () => {
    await using t = await startShell([
      prefix(() => {
        throw new PrefishError('PLUGIN_BROKEN_WIRE', 'The wire is cut', { exit: 4 });
      }),
    ]);
    expect(await t.shell.submit('>')).toMatchObject({
      result: { code: 'PLUGIN_BROKEN_WIRE', plugin: 'broken', hook: 'prefix broken' },
      exit: { code: 4 },
    });
    expect(t.events[0]).toMatchObject({ type: 'error', plugin: 'broken' });
  });

  test('that returns nothing is told what to return', async () => {
    await using t = await startShell([prefix((() => undefined) as never)]);
    expect((await t.shell.submit('>')).result).toMatchObject({
      code: 'PREFISH_PLUGIN_FAILED',
      hint: expect.stringContaining("type: 'ok'"),
    });
  });

  test('that obeys its signal is an interruption', async () => {
    const started = Promise.withResolvers<void>();
    await using t = await startShell([
      prefix((_body, { signal }) => {
        started.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      }),
    ]);
    const abort = new AbortController();
    const settled = t.shell.submit('>', { signal: abort.signal });
    await started.promise;
    abort.abort();
    expect((await settled).exit).toEqual({ code: 130 });
  });

  test('that ignores its signal is left behind and named, and what it says later is dropped', async () => {
    const started = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    const said = Promise.withResolvers<void>();
    await using t = await startShell(
      [
        prefix(async (_body, { out }) => {
          started.resolve();
          await late.promise;
          out.line('still here');
          said.resolve();
          return { type: 'ok' };
        }),
      ],
      { graceMs: 20 },
    );
    const abort = new AbortController();
    const settled = t.shell.submit('>', { signal: abort.signal });
    await started.promise;
    abort.abort();
    expect((await settled).result).toMatchObject({ code: 'PREFISH_PLUGIN_DETACHED', plugin: 'broken' });
    late.resolve();
    await said.promise;
    expect(printed(t.events)).toBe('');
  });

  test('is aborted when the shell closes, before cleanups run', async () => {
    const order: string[] = [];
    const started = Promise.withResolvers<void>();
    const t = await startShell([
      plugin('slow', (shell) => {
        shell.prefix({
          id: 'slow',
          token: '>',
          summary: '',
          run: (_body, { signal }) =>
            new Promise((resolve) => {
              started.resolve();
              signal.addEventListener('abort', () => {
                order.push('aborted');
                resolve({ type: 'ok' });
              });
            }),
        });
        return () => order.push('cleaned');
      }),
    ]);
    const settled = t.shell.submit('>');
    await started.promise;
    await t.shell.close();
    await settled;
    expect(order).toEqual(['aborted', 'cleaned']);
  });

  test('without a terminal is told so when it wants one', async () => {
    await using t = await startShell([
      prefix((_body, { lendTerminal }) => lendTerminal(async () => ({ type: 'ok' as const }))),
    ]);
    expect((await t.shell.submit('>')).result).toMatchObject({ code: 'PREFISH_NO_TTY' });
    await using u = await startShell([
      prefix(async (_body, { ask }) =>
        (await ask.confirm('Sure?')) ? { type: 'ok' } : { type: 'exit', code: 9 },
      ),
    ]);
    expect((await u.shell.submit('>')).result).toMatchObject({
      code: 'PREFISH_NO_TTY',
      message: expect.stringContaining('Sure?'),
    });
  });

  test.each([
    [{ type: 'task' }],
    [{ type: 'ok', exit: { code: 'x' } }],
    [{ type: 'forward' }],
    [{ type: 'nonsense' }],
    ['ok'],
    [null],
  ])('that returns %j is told that this is no outcome', async (outcome) => {
    await using t = await startShell([prefix((() => outcome) as never)]);
    expect((await t.shell.submit('>')).result).toMatchObject({
      code: 'PREFISH_PLUGIN_FAILED',
      plugin: 'broken',
    });
  });

  test.each([[null], [undefined], ['text'], [Object.create(null)]])(
    'that throws %o is named',
    async (thrown) => {
      await using t = await startShell([
        prefix(() => {
          throw thrown;
        }),
      ]);
      expect((await t.shell.submit('>')).result).toMatchObject({
        code: 'PREFISH_PLUGIN_FAILED',
        plugin: 'broken',
      });
    },
  );

  test('that says something after its line has ended is not heard', async () => {
    let say: (() => void) | undefined;
    await using t = await startShell([
      prefix((_body, { out }) => {
        say = () => out.line('late');
        return { type: 'ok' };
      }),
    ]);
    await t.shell.submit('>');
    say?.();
    expect(printed(t.events)).toBe('');
  });

  test('whose completion fails offers nothing, and is warned of once', async () => {
    const bad = plugin('bad', (shell) =>
      shell.prefix({
        id: 'bad',
        token: '>',
        summary: '',
        run: () => ({ type: 'ok' }),
        complete: () => {
          throw new Error('no index');
        },
      }),
    );
    await using t = await startShell([bad]);
    for (let key = 0; key < 3; key++) expect(await t.shell.complete('> x', 3)).toEqual([]);
    expect(t.events).toMatchObject([{ type: 'warning', code: 'PREFISH_PLUGIN_FAILED', plugin: 'bad' }]);
  });
});
