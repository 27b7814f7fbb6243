import { describe, expect, test } from 'vitest';
import type { Plugin, PluginShell } from '../../src/index.ts';
import { plugin, printed, startShell } from '../start-shell.ts';

const claim = (shell: PluginShell, id: string, token: string): void =>
  shell.prefix({
    id,
    token,
    summary: '',
    run: (body, { out }) => {
      out.line(`${id}:${body}`);
      return { type: 'ok' };
    },
  });
const claiming = (name: string, token = '%'): Plugin => plugin(name, (shell) => claim(shell, name, token));
const text = claiming('text', '');
const unavailable = (reason: string): object => ({
  code: 'PREFISH_PREFIX_UNAVAILABLE',
  message: expect.stringContaining(reason),
});

describe('a token of a plugin that is missing', () => {
  test('is refused after the unload, and while the plugin is set up again', async () => {
    const go = Promise.withResolvers<void>();
    const slow = plugin('a', (async (shell: PluginShell) => {
      await go.promise;
      claim(shell, 'a', '%');
    }) as never);
    await using t = await startShell([text, claiming('a')]);
    await t.shell.unload('a');
    expect((await t.shell.submit('%my secret')).result).toMatchObject(unavailable('a was unloaded'));
    const loading = t.shell.load(slow);
    expect((await t.shell.submit('%my secret')).result).toMatchObject(unavailable('a was unloaded'));
    go.resolve();
    await loading;
    await t.shell.submit('%x');
    expect(printed(t.events)).toBe('a:x\n');
  });

  test('stays refused when loading it again fails before it registers, and when that one is unloaded', async () => {
    await using t = await startShell([text, claiming('a')]);
    await t.shell.unload('a');
    await t.shell.load({ ...claiming('a'), api: '^9' });
    expect((await t.shell.submit('%x')).result).toMatchObject(unavailable('a was unloaded'));
    await t.shell.unload('a');
    expect((await t.shell.submit('%x')).result).toMatchObject(unavailable('a was unloaded'));
  });

  test('goes to another that claims it', async () => {
    await using t = await startShell([text, claiming('a')]);
    await t.shell.unload('a');
    await t.shell.load(claiming('b'));
    await t.shell.submit('%x');
    expect(printed(t.events)).toBe('b:x\n');
  });

  test('is plain text once the plugin is back with another', async () => {
    await using t = await startShell([text, claiming('a')]);
    await t.shell.unload('a');
    await t.shell.load(claiming('a', '>'));
    await t.shell.submit('%x');
    expect(printed(t.events)).toBe('text:%x\n');
  });
});

describe('unloading', () => {
  test('twice at once, and while the shell closes, cleans up once', async () => {
    let cleaned = 0;
    const counted = plugin('a', () => () => void cleaned++);
    await using t = await startShell([counted]);
    await Promise.all([t.shell.unload('a'), t.shell.unload('a')]);
    expect(cleaned).toBe(1);
    await t.shell.load(counted);
    await Promise.all([t.shell.unload('a'), t.shell.close(), t.shell.unload('a')]);
    expect(cleaned).toBe(2);
  });

  test('twice at once tells both of a cleanup that failed', async () => {
    const failing = plugin('a', () => () => {
      throw new Error('busy');
    });
    await using t = await startShell([failing]);
    const both = await Promise.allSettled([t.shell.unload('a'), t.shell.unload('a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(t.shell.plugins).toEqual([]);
  });

  test('does not take away the plugin that was loaded since', async () => {
    await using t = await startShell([claiming('a')]);
    const [first, second] = [t.shell.unload('a'), t.shell.unload('a')];
    await first;
    await t.shell.load(claiming('a'));
    await second;
    expect(t.shell.plugins).toMatchObject([{ name: 'a', prefixes: ['a'] }]);
    expect((await t.shell.submit('%x')).exit).toEqual({ code: 0 });
  });

  test.each([
    ['is unloaded', (shell: { unload(name: string): Promise<void> }) => shell.unload('a')],
    ['is closed', (shell: { close(): Promise<void> }) => shell.close()],
  ])('a plugin whose setup runs when it %s leaves nothing: what it returns is run', async (_what, end) => {
    const started = Promise.withResolvers<void>();
    let cleaned = 0;
    const slow = plugin('a', (async ({ signal }: PluginShell) => {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      started.resolve();
      await aborted;
      return () => void cleaned++;
    }) as never);
    await using t = await startShell([]);
    const loading = t.shell.load(slow);
    await started.promise;
    await end(t.shell);
    expect(cleaned).toBe(1);
    expect((await loading).error).toMatchObject({ code: 'PREFISH_PLUGIN_SETUP' });
    expect(t.shell.plugins.filter(({ error }) => error === undefined)).toEqual([]);
  });

  test('a setup that does not heed its signal holds nobody up, and is cleaned up later', async () => {
    const go = Promise.withResolvers<void>();
    const cleaned = Promise.withResolvers<void>();
    const deaf = plugin('a', (async () => {
      await go.promise;
      return cleaned.resolve;
    }) as never);
    await using t = await startShell([], { cleanupDeadlineMs: 20 });
    const loading = t.shell.load(deaf);
    await t.shell.unload('a');
    await loading;
    expect(t.shell.plugins).toEqual([]);
    go.resolve();
    await cleaned.promise;
  });

  test('between the route of a line and its handler refuses the line', async () => {
    await using t = await startShell([
      text,
      claiming('a'),
      plugin('policy', ({ hooks }) =>
        hooks.dispatch.tapPromise('unload', () => t.shell.unload('a') as never),
      ),
    ]);
    expect((await t.shell.submit('%x')).result).toMatchObject(unavailable('a was unloaded'));
  });
});
