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
    expect(line.stderr).toBe('prefish: There is nothing to say\n  hint: ^ hello\n  [PLUGIN_SHOUT_EMPTY]\n');
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
