import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, test } from 'vitest';
import { createShell, definePlugin, type Plugin } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const sized: StandardSchemaV1<{ size?: number }, { size: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const size = (value as { size?: unknown }).size ?? 3;
      return typeof size === 'number'
        ? { value: { size } }
        : { issues: [{ message: 'must be a number', path: ['size'] }] };
    },
  },
};

describe('loading a plugin', () => {
  test('refuses options for one that takes none', async () => {
    await using t = await startShell([{ ...plugin('plain', () => {}), options: { size: 5 } }]);
    expect(t.shell.plugins[0]?.error).toMatchObject({
      code: 'PREFISH_PLUGIN_OPTIONS',
      message: 'plain takes no options, and is given some',
    });
  });

  test('validates its options first, with defaults', async () => {
    const seen: number[] = [];
    const create = definePlugin({
      name: 'sized',
      api: '^1',
      options: sized,
      setup: ({ options }) => void seen.push(options.size),
    });
    await using t = await startShell([create()]);
    await using five = await startShell([create({ size: 5 })]);
    expect(seen).toEqual([3, 5]);
    expect(five.events).toEqual([]);
    await using u = await startShell([create({ size: 'big' as never })]);
    expect(u.events[0]).toMatchObject({
      type: 'error',
      code: 'PREFISH_PLUGIN_OPTIONS',
      plugin: 'sized',
      message: expect.stringContaining('size: must be a number'),
    });
    expect(t.events).toEqual([]);
  });

  test('refuses another API before setup, saying what to install', async () => {
    let ran = false;
    const old = definePlugin({ name: 'old', api: '^7', setup: () => void (ran = true) });
    await using t = await startShell([old()]);
    expect(ran).toBe(false);
    expect(t.shell.plugins[0]).toMatchObject({
      name: 'old',
      error: { code: 'PREFISH_PLUGIN_API', hint: expect.stringContaining('Install') },
    });
  });

  test.each([[null], [{}], [() => {}], ['@prefish/plugin-x']])(
    '%s is no plugin, and the shell starts all the same',
    async (value) => {
      await using t = await startShell([value as unknown as Plugin]);
      expect(t.events[0]).toMatchObject({ type: 'error', code: 'PREFISH_PLUGIN_INVALID' });
    },
  );

  test('a setup that throws takes back all it registered; its token stays refused', async () => {
    const broken = plugin('broken', (shell) => {
      shell.prefix({ id: 'broken', token: '>', summary: '', run: () => ({ type: 'ok' }) });
      shell.command({ name: 'broken', summary: '', run: () => ({ type: 'ok' }) });
      throw new Error('no database');
    });
    await using t = await startShell([broken]);
    expect(t.events[0]).toMatchObject({
      code: 'PREFISH_PLUGIN_SETUP',
      plugin: 'broken',
      message: expect.stringContaining('no database'),
    });
    expect(t.shell.commands).toEqual([]);
    expect((await t.shell.submit('> x')).result).toMatchObject({
      code: 'PREFISH_PREFIX_UNAVAILABLE',
      message: expect.stringContaining('no database'),
    });
  });

  test.each(['/x', '\\', 'a b', '\t'])(
    'the token %j is refused, saying how to choose another',
    async (token) => {
      await using t = await startShell([
        plugin('p', (shell) => shell.prefix({ id: 'p', token, summary: '', run: () => ({ type: 'ok' }) })),
      ]);
      expect(t.events[0]).toMatchObject({
        code: 'PREFISH_TOKEN_INVALID',
        hint: expect.stringMatching(/^Change it in p,.*prefixes: \{ "p"/),
      });
    },
  );

  test('a bad token of the configuration is mended there', async () => {
    await using t = await startShell(
      [
        plugin('p', (shell) =>
          shell.prefix({ id: 'p', token: '>', summary: '', run: () => ({ type: 'ok' }) }),
        ),
      ],
      { prefixes: { p: '/x' } },
    );
    expect(t.events[0]).toMatchObject({
      code: 'PREFISH_TOKEN_INVALID',
      hint: expect.stringMatching(/^Choose another in the configuration: prefixes: \{ "p"/),
    });
  });

  test('names are unique: the second owner is refused, the first keeps working', async () => {
    const owner = (name: string): Plugin =>
      plugin(name, (shell) => shell.command({ name: 'go', summary: '', run: () => ({ type: 'ok' }) }));
    await using t = await startShell([owner('first'), owner('second')]);
    expect(t.events[0]).toMatchObject({
      code: 'PREFISH_PLUGIN_DUPLICATE',
      message: expect.stringMatching(/second.*first/),
    });
    expect((await t.shell.submit('/go')).exit).toEqual({ code: 0 });
  });

  test('cleanups run in reverse; one that throws is named and does not keep the others', async () => {
    const order: string[] = [];
    const make = (name: string, fails = false): Plugin =>
      plugin(name, () => () => {
        order.push(name);
        if (fails) throw new Error('stuck');
      });
    const t = await startShell([make('a'), make('b', true), make('c')]);
    await t.shell.close();
    expect(order).toEqual(['c', 'b', 'a']);
    expect(t.events).toMatchObject([{ code: 'PREFISH_CLEANUP_FAILED', plugin: 'b' }]);
  });

  test('a plugin is told its own folder, where the shell has one for it', async () => {
    const seen: unknown[] = [];
    const make = (): Plugin => plugin('@me/notes', (shell) => void seen.push(shell.dataFolder));
    await using _ = await startShell([make()], { dataFolder: (name) => `/data/${name}` });
    await using __ = await startShell([make()]);
    expect(seen).toEqual(['/data/@me/notes', undefined]);
  });

  test('a plugin cannot register after it was closed', async () => {
    let register: (() => void) | undefined;
    const t = await startShell([
      plugin('late', (shell) => {
        register = () => shell.command({ name: 'late', summary: '', run: () => ({ type: 'ok' }) });
      }),
    ]);
    await t.shell.close();
    expect(register).toThrow(expect.objectContaining({ code: 'PREFISH_PLUGIN_CLOSED', plugin: 'late' }));
  });

  test('a shell in a folder that is none does not start', async () => {
    await expect(createShell({ plugins: [], cwd: '/nowhere/at/all' })).rejects.toMatchObject({
      code: 'PREFISH_NOT_A_FOLDER',
    });
  });
});
