import { expect, test } from 'vitest';
import { plugin, printed, startShell } from '../start-shell.ts';

const echo = (id: string, token: string): ReturnType<typeof plugin> =>
  plugin(`${id}-plugin`, (shell) =>
    shell.prefix({
      id,
      token,
      summary: '',
      sticky: true,
      run: (body, { out }) => {
        out.line(`${id}:${body}`);
        return { type: 'ok' };
      },
      complete: (body, cursor) => [{ insert: `${body}|${cursor}` }],
    }),
  );

test('an active prefix takes the whole text, byte for byte, whatever it begins with', async () => {
  await using t = await startShell([echo('a', '!'), echo('b', '>'), echo('text', '')]);
  for (const text of [' x ', '> y', '\\!z', '/tasks']) await t.shell.submit(text, { prefix: 'a' });
  await t.shell.submit('> y', { prefix: 'text' });
  expect(printed(t.events)).toBe('a: x \na:> y\na:\\!z\na:/tasks\ntext:> y\n');
  expect(t.shell.explain('> y', { prefix: 'a' })).toMatchObject({
    prefix: { id: 'a', token: '!' },
    body: '> y',
  });
  expect(await t.shell.complete('> y', 2, { prefix: 'a' })).toEqual([{ insert: '> y|2' }]);
});

test('taps see which prefix was active; a rewritten text is still its body', async () => {
  const seen: unknown[] = [];
  const policy = plugin('policy', ({ hooks }) =>
    hooks.input.tap('x', (input) => {
      seen.push(input.prefix);
      return { ...input, text: '> other' };
    }),
  );
  await using t = await startShell([echo('a', '!'), echo('b', '>'), policy]);
  await t.shell.submit('x', { prefix: 'a' });
  expect(seen).toEqual(['a']);
  expect(printed(t.events)).toBe('a:> other\n');
});

test.each([
  ['removed by the configuration', 'b', 'PREFISH_PREFIX_UNAVAILABLE', /no token/],
  ['claimed by two', 'a', 'PREFISH_TOKEN_CONFLICT', /a-plugin.*c-plugin/],
  ['not loaded', 'memory', 'PREFISH_PREFIX_UNAVAILABLE', /memory-plugin is not loaded/],
  ['unknown', 'nope', 'PREFISH_PREFIX_UNAVAILABLE', /no prefix of that id/],
])('one that is %s refuses the line', async (_why, prefix, code, message) => {
  await using t = await startShell([echo('a', '!'), echo('c', '!'), echo('b', '>'), echo('text', '')], {
    prefixes: { b: false },
    expected: [{ id: 'memory', token: '#', plugin: 'memory-plugin' }],
  });
  const { result, exit } = await t.shell.submit('x', { prefix });
  expect(exit).toEqual({ code: 2 });
  expect(result).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(printed(t.events)).toBe('');
});
