import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PrefishError } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { testShell } from '../src/index.ts';
import { plugin } from './support/plugin.ts';

const shout = plugin((shell) =>
  shell.prefix({
    id: 'shout',
    token: '^',
    summary: 'Say it loudly',
    run(body, { out }) {
      if (body === '')
        throw new PrefishError('PLUGIN_SHOUT_EMPTY', 'There is nothing to say', { hint: '^ hello' });
      out.line(`${body.toUpperCase()}!`);
      out.write('\x1b[1mbold\x1b[m\n', 'stderr');
      return { type: 'ok', message: 'said', data: { length: body.length } };
    },
    complete: (body) => [{ insert: `${body}!` }],
  }),
);

describe('a line', () => {
  test('gives what it returned, printed and caused', async () => {
    await using t = await testShell({ plugins: [shout] });
    const line = await t.submit('^ hello');
    expect(line).toMatchObject({
      outcome: { type: 'ok' },
      error: undefined,
      exit: { code: 0 },
      code: 0,
      message: 'said',
      data: { length: 5 },
      text: 'HELLO!\nbold\nsaid\n',
      stdout: 'HELLO!\nsaid\n',
      stderr: 'bold\n',
    });
    expect(line.events.map(({ type }) => type)).toEqual(['output', 'output', 'exit']);
  });

  test('gives what it failed with, and what a person reads then', async () => {
    await using t = await testShell({ plugins: [shout] });
    const line = await t.submit('^');
    expect(line.error).toMatchObject({ code: 'PLUGIN_SHOUT_EMPTY', hint: '^ hello' });
    expect(line).toMatchObject({ outcome: undefined, code: 1, stdout: '' });
    expect(line.stderr).toBe(
      'prefish: There is nothing to say\n  hint: ^ hello\n  [PLUGIN_SHOUT_EMPTY · probe]\n',
    );
  });

  test('is told apart from the lines before it', async () => {
    await using t = await testShell({ plugins: [shout] });
    await t.submit('^ one');
    const two = await t.submit('^ two');
    expect(two.stdout).toBe('TWO!\nsaid\n');
    expect(t.text).toContain('ONE!');
    expect(t.events).toHaveLength(6);
  });

  test('can be explained and completed without running', async () => {
    await using t = await testShell({ plugins: [shout], prefixes: { shout: '%' } });
    expect(t.explain('% hello')).toMatchObject({ prefix: { id: 'shout', token: '%' }, body: 'hello' });
    expect(await t.complete('% hello')).toEqual([{ insert: 'hello!' }]);
    expect(t.events).toEqual([]);
  });
});

describe('the surroundings', () => {
  const look = plugin((shell) => {
    shell.command({
      name: 'look',
      summary: 'Say where it is',
      positionals: [{ name: 'WHERE' }],
      args: { loud: { type: 'boolean' } },
      run: ({ values, positionals }, { cwd, env, stdin }) => ({
        type: 'ok',
        data: { cwd, env: { ...env }, stdin, values: { ...values }, positionals },
      }),
    });
    shell.notify('looking');
  });

  test('are a folder and variables of their own, gone afterwards', async () => {
    const t = await testShell({ plugins: [look], env: { LANG: undefined, NOTES: 'here' } });
    const { data } = await t.command('look', ['--loud', 'around']);
    expect(data).toEqual({
      cwd: t.cwd,
      env: { PATH: process.env['PATH'], HOME: t.home, NOTES: 'here' },
      stdin: 'ignore',
      values: { loud: true },
      positionals: ['around'],
    });
    expect(t.notices).toEqual(['looking']);
    await t.write('deep/note.md', 'milk');
    await expect(t.read('deep/note.md')).resolves.toBe('milk');
    await Promise.all([t.close(), t.close()]);
    expect([existsSync(t.cwd), existsSync(t.home)]).toEqual([false, false]);
  });

  test('are known to the plugins whose options name files', async () => {
    let folders: unknown;
    await using t = await testShell({
      plugins: (known) => {
        folders = known;
        return [shout];
      },
    });
    expect(folders).toMatchObject({ cwd: t.cwd, home: t.home });
  });

  test('may send lines of --input-json, and take raw bytes', async () => {
    const listener = plugin((shell) =>
      shell.prefix({
        id: 'listen',
        token: '<',
        summary: 'Pass on what comes in',
        async run(_body, { incoming, out }) {
          for await (const { text } of incoming) out.bytes?.(Buffer.from(String(text)));
          return { type: 'ok' };
        },
      }),
    );
    async function* incoming(): AsyncGenerator<{ type: string; text: string }> {
      yield { type: 'message', text: 'hello' };
    }
    const bytes: string[] = [];
    const heard: string[] = [];
    await using t = await testShell({
      plugins: [listener],
      host: {
        incoming: incoming(),
        bytes: (chunk) => void bytes.push(String(chunk)),
        event: ({ type }) => void heard.push(type),
      },
    });
    await t.submit('<');
    expect(bytes).toEqual(['hello']);
    expect(heard).toEqual(t.events.map(({ type }) => type));
  });

  test('may be a folder below, or another one, which stays', async () => {
    await using below = await testShell({ plugins: [], cwd: 'packages/a' });
    expect(below.cwd).toMatch(/packages\/a$/);
    await using t = await testShell({ plugins: [], cwd: import.meta.dirname });
    expect(t.cwd).toBe(import.meta.dirname);
    await t.close();
    expect(existsSync(import.meta.dirname)).toBe(true);
  });

  test.each(['../elsewhere', 'a/../../home', '..'])('are not left by %s', async (cwd) => {
    await expect(testShell({ plugins: [], cwd })).rejects.toThrow(/leads out of the throw-away folder/);
  });

  test('are not made where another folder is named that is not there', async () => {
    const missing = join(import.meta.dirname, 'missing');
    await expect(testShell({ plugins: [], cwd: missing })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(missing)).toBe(false);
  });
});

describe('a plugin that does not load', () => {
  const broken = plugin(() => {
    throw new Error('no');
  }, 'broken');

  test('fails the test, with its own error', async () => {
    await expect(testShell({ plugins: [shout, broken] })).rejects.toMatchObject({
      code: 'PREFISH_PLUGIN_SETUP',
      plugin: 'broken',
    });
  });

  test('is left out where that is what is tested', async () => {
    await using t = await testShell({ plugins: [broken, shout], allowBroken: true });
    expect(t.shell.plugins.map(({ name, error }) => [name, error?.message])).toEqual([
      ['broken', expect.stringContaining('broken failed in its setup: no')],
      ['probe', undefined],
    ]);
    expect((await t.submit('^ on')).code).toBe(0);
  });
});

describe('a cleanup that fails', () => {
  const untidy = plugin(
    () => () => {
      throw new Error('still open');
    },
    'untidy',
  );

  test('fails the test, which leaves nothing behind all the same', async () => {
    const t = await testShell({ plugins: [untidy] });
    await expect(t.close()).rejects.toMatchObject({
      code: 'PREFISH_CLEANUP_FAILED',
      plugin: 'untidy',
      message: expect.stringContaining('still open'),
    });
    expect(existsSync(t.cwd)).toBe(false);
  });

  test('is only told of where that is what is tested', async () => {
    const t = await testShell({ plugins: [untidy], allowBroken: true });
    await t.close();
    expect(t.events).toMatchObject([{ type: 'error', code: 'PREFISH_CLEANUP_FAILED', plugin: 'untidy' }]);
  });

  test('does not hide why the shell did not start', async () => {
    const broken = plugin(() => {
      throw new Error('no');
    }, 'broken');
    await expect(testShell({ plugins: [untidy, broken] })).rejects.toMatchObject({
      code: 'PREFISH_PLUGIN_SETUP',
      plugin: 'broken',
    });
  });
});
