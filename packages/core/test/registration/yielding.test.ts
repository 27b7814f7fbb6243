import { expect, test } from 'vitest';
import type { Plugin, PrefixTokens, RefusedToken } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

function prefix(id: string, token: string): Plugin {
  return plugin(`plugin-${id}`, (shell) => {
    shell.prefix({ id, token, summary: id, run: (body) => ({ type: 'ok', data: `${id}: ${body}` }) });
  });
}

/** Who takes a line, where a stranger gives `run` (`!`) other tokens beside `notes` (`>`). */
async function takers(
  tokens: PrefixTokens[string],
  lines: readonly string[],
  { instead, refused = [] }: { instead?: string; refused?: readonly RefusedToken[] } = {},
): Promise<{ takers: (string | undefined)[]; warnings: string[] }> {
  await using started = await startShell([prefix('run', '!'), prefix('notes', '>')], {
    prefixes: { run: tokens },
    refused,
    yielding: [{ id: 'run', origin: 'prefishrc', ...(instead === undefined ? {} : { instead }) }],
  });
  const warnings = started.events.flatMap((event) => (event.type === 'warning' ? event.message : []));
  return { takers: lines.map((line) => started.shell.explain(line).prefix?.id), warnings };
}

test.each<[string, string[], string]>([
  ['equals', ['!', '>'], '> touch x'],
  ['extends', ['!', '>de'], '>de touch x'],
  ['extends, alone', ['>>'], '>> touch x'],
])('a token that %s that of another is not taken, and a warning says so', async (_, tokens, line) => {
  const { takers: taken, warnings } = await takers(tokens, [line, '!ls']);
  expect(taken).toEqual(['notes', 'run']);
  expect(warnings).toEqual([
    `prefishrc gives "run" the token ${tokens.at(-1)}, which would take lines from >: "run" keeps !`,
  ]);
});

test('a token with which another begins gives way too', async () => {
  await using started = await startShell([prefix('run', '!'), prefix('notes', '$$')], {
    prefixes: { run: '$' },
    yielding: [{ id: 'run', origin: 'prefishrc' }],
  });
  expect(started.shell.explain('!ls').prefix?.id).toBe('run');
  expect(started.shell.explain('$ls').prefix).toBeUndefined();
});

test('what takes nothing from anybody counts', async () => {
  expect(await takers(['!', '$'], ['$ls', '!ls', '>x'])).toEqual({
    takers: ['run', 'run', 'notes'],
    warnings: [],
  });
});

test('the prefix falls back to what it had before the stranger', async () => {
  const { takers: taken } = await takers('>', ['%ls', '!ls', '>x'], { instead: '%' });
  expect(taken).toEqual(['run', undefined, 'notes']);
});

test('a token that is refused, as its owner is missing, is nobody’s to take', async () => {
  const refused = [{ token: '%', reason: 'late is not loaded' }];
  const { takers: taken, warnings } = await takers(['!', '%'], ['%x'], { refused });
  expect(taken).toEqual([undefined]);
  expect(warnings).toHaveLength(1);
});

test('a plugin that comes later gets its token, and the warning comes then', async () => {
  await using started = await startShell([prefix('run', '!')], {
    prefixes: { run: ['!', '>'] },
    yielding: [{ id: 'run', origin: 'prefishrc' }],
  });
  const { shell, events } = started;
  expect(shell.explain('>x').prefix?.id).toBe('run');
  expect(events).toEqual([]);
  await shell.load(prefix('notes', '>'));
  expect(shell.explain('>x').prefix?.id).toBe('notes');
  expect(events).toMatchObject([{ type: 'warning', code: 'PREFISH_TOKEN_CONFLICT' }]);
});
