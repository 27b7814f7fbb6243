import { getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { plugin, startShell } from '../start-shell.ts';

test('a line leaves nothing behind on the signals of its caller, its plugin and its own', async () => {
  const signals: AbortSignal[] = [];
  await using t = await startShell([
    plugin('noting', (shell) => {
      signals.push(shell.signal);
      shell.prefix({
        id: 'note',
        token: '>',
        summary: '',
        run: (body, { signal }) => {
          signals.push(signal);
          if (body === 'fail') throw new Error('no');
          return { type: 'ok' };
        },
      });
    }),
  ]);
  const caller = new AbortController();
  signals.push(caller.signal);
  for (const line of ['>', '>fail', 'text', '/none']) await t.shell.submit(line, { signal: caller.signal });
  expect(signals).toHaveLength(4);
  expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0, 0, 0]);
});

test('what the system refuses is told as that, and is no mistake of the plugin', async () => {
  await using t = await startShell([
    plugin('writing', (shell) => {
      shell.prefix({
        id: 'write',
        token: '>',
        summary: '',
        run: (path) => {
          writeFileSync(path, 'too much');
          return { type: 'ok' };
        },
      });
      shell.hooks.dispatch.tap(
        'write',
        ({ body }) => void (body === 'hook' && writeFileSync('/dev/full', 'x')),
      );
    }),
  ]);
  for (const line of ['>/dev/full', '>hook']) {
    expect((await t.shell.submit(line)).result).toMatchObject({
      code: 'PREFISH_NO_SPACE',
      plugin: 'writing',
      message: 'The disk is full (write)',
      hint: expect.stringContaining('prefish du'),
    });
  }
  // A path that is not there is for the handler to expect.
  expect((await t.shell.submit('>/no/such/folder/x')).result).toMatchObject({
    code: 'PREFISH_PLUGIN_FAILED',
  });
});

test('a handler that is left behind is named with its time, and may fail later: nobody is disturbed', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => void process.off('unhandledRejection', unhandled));
  const started = Promise.withResolvers<void>();
  const late = Promise.withResolvers<never>();
  await using t = await startShell(
    [
      plugin('deaf', (shell) =>
        shell.prefix({
          id: 'deaf',
          token: '>',
          summary: '',
          run: () => {
            started.resolve();
            return late.promise;
          },
        }),
      ),
    ],
    { graceMs: 20 },
  );
  const abort = new AbortController();
  const line = t.shell.submit('>', { signal: abort.signal });
  await started.promise;
  abort.abort();
  expect((await line).result).toMatchObject({
    code: 'PREFISH_PLUGIN_DETACHED',
    plugin: 'deaf',
    hook: 'prefix deaf',
    message: 'deaf did not stop within 0.02 s and was left behind (prefix deaf)',
  });
  late.reject(new Error('too late'));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(unhandled).not.toHaveBeenCalled();
});

test('a handler that ends within its grace ends as it says, or was interrupted by what it throws', async () => {
  let started = Promise.withResolvers<void>();
  await using t = await startShell([
    plugin('slow', (shell) =>
      shell.prefix({
        id: 'slow',
        token: '>',
        summary: '',
        run: async (body, { signal }) => {
          started.resolve();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          if (body === 'throw') throw new Error('half way');
          return { type: 'ok', exit: { code: 3 } };
        },
      }),
    ),
  ]);
  const end = async (line: string): Promise<unknown> => {
    const abort = new AbortController();
    started = Promise.withResolvers<void>();
    const settled = t.shell.submit(line, { signal: abort.signal });
    await started.promise;
    abort.abort();
    return settled;
  };
  expect(await end('>')).toMatchObject({ exit: { code: 3 } });
  expect(await end('>throw')).toMatchObject({
    exit: { code: 130 },
    result: { code: 'PREFISH_INTERRUPTED', cause: { message: 'half way' } },
  });
});
