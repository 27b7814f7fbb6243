import type { EventBody } from '@prefish/protocol';
import { createStyle } from '@prefish/screen';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEventRenderer } from '../../src/present/event-renderer.ts';

async function draw(events: readonly EventBody[], { color = false, columns = 60 } = {}): Promise<string> {
  const renderer = await createEventRenderer(createStyle(color), columns);
  const texts = events.map((event, index) =>
    renderer.event({ seq: index + 1, at: '2026-01-01T00:00:00.000Z', ...event }),
  );
  return texts.join('') + renderer.end();
}

const says = (text: string): EventBody => ({ type: 'message', role: 'agent', text });

test('draws what the prompt prints: Markdown, thoughts, tools with their diffs, plans, questions, what was used', async () => {
  const text = await draw(
    [
      { type: 'message', role: 'user', text: 'Mend it' },
      { type: 'thought', text: 'Where?' },
      {
        type: 'tool',
        id: '1',
        title: 'Edit a.ts',
        status: 'completed',
        detail: { diff: '@@ -1 +1 @@\n-a\n+b' },
      },
      { type: 'plan', entries: [{ text: 'Test', status: 'in-progress' }] },
      says('## Do'),
      says('ne\n\nIt **works** in `a.ts`.\n'),
      { type: 'question', id: 'q', text: 'Go on?', choices: ['Yes', 'No'] },
      { type: 'usage', tokens: 1200 },
      { type: 'exit', code: 0 },
    ],
    { color: true },
  );
  const plain = text.replaceAll(/\x1b\[[0-9;]*m/g, '');
  expect(plain).toBe(
    [
      '> Mend it',
      'Where?',
      '✓ Edit a.ts',
      '  @@ -1 +1 @@',
      '  -a',
      '  +b',
      '◐ Test',
      'Done',
      '',
      'It works in a.ts.',
      '? Go on?',
      '  Yes',
      '  No',
      '1.2k tokens',
      '',
    ].join('\n'),
  );
  expect(text).toContain('\x1b[1mworks\x1b[22m');
});

test('code has its colours from the first event on', async () => {
  const text = await draw([says('```ts\nconst a = 1;\n```\n')], { color: true });
  expect(text).toMatch(/\x1b\[[0-9;]+mconst\x1b\[/);
});

test('is as wide as the screen that it is for', async () => {
  const words = [says('one two three four five six\n')];
  expect(await draw(words, { color: true, columns: 14 })).toBe('one two three\nfour five six\n');
});

test('output is sanitised, whoever it is of; what follows an unfinished line begins one of its own', async () => {
  const text = await draw([
    { type: 'output', stream: 'stdout', text: 'a\x1b[2' },
    { type: 'output', stream: 'stdout', text: 'Jb\x1b]52;c;eA==\x07\x1b[31mc' },
    says('done'),
  ]);
  expect(text).toBe('ab\x1b[31mc\x1b[0m\ndone\n');
});

test('an address is a link where the terminal knows links, and drives nothing', async () => {
  vi.stubEnv('FORCE_HYPERLINK', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { link } = await createEventRenderer(createStyle(true), 60);
  expect(link!('https://example.org/t/1')).toMatch(
    /^\x1b\]8;id=\w+;https:\/\/example\.org\/t\/1\x1b\\\x1b\[34mhttps:\/\/example\.org\/t\/1\x1b\[39m\x1b\]8;;\x1b\\$/,
  );
  expect(link!('javascript:alert(1)\x1b[2J')).toBe('\x1b[34mjavascript:alert(1)\x1b[39m');
  const plain = await createEventRenderer(createStyle(false), 60);
  expect(plain.link!('https://example.org/t/1')).toBe('https://example.org/t/1');
});
