import { expect, test } from 'vitest';
import { conversationFile, mostConversationBytes } from '../../src/transcript/conversation-file.ts';
import type { TranscriptEntry } from '../../src/transcript/transcript-entry.ts';

const user = (text: string): TranscriptEntry => ({ type: 'message', role: 'user', text });
const agent = (text: string): TranscriptEntry => ({ type: 'message', role: 'agent', text });

test('is Markdown: who said what, and what was done', () => {
  const entries: TranscriptEntry[] = [
    user('fix it'),
    { type: 'tool', title: 'Edit\na.ts', status: 'completed' },
    { type: 'tool', title: 'npm test', status: 'failed' },
    agent('It **fails**.'),
  ];
  expect(conversationFile({ entries, agent: 'Claude Code' })?.text).toBe(
    [
      '# The conversation so far, with Claude Code',
      '',
      '## The user',
      '',
      'fix it',
      '',
      '## The agent',
      '',
      '- did: Edit a.ts',
      '',
      '- failed: npm test',
      '',
      'It **fails**.',
      '',
    ].join('\n'),
  );
});

test('of too much, the newest is kept whole and the oldest left out, which is said', () => {
  const entries = Array.from({ length: 50 }, (_, index) => user(`${index} ${'ü'.repeat(5000)}`));
  const { text, shortened } = conversationFile({ entries })!;
  expect(shortened).toBe(true);
  expect(Buffer.byteLength(text)).toBeLessThan(mostConversationBytes + 200);
  expect(text).toContain('\n49 ');
  expect(text).not.toContain('\n0 ');
  expect(text).toMatch(/\(The \d+ oldest parts are left out here\.\)/);
  const whole = 'x'.repeat(mostConversationBytes * 2);
  expect(conversationFile({ entries: [user('old'), user(whole)] })?.text).toContain(whole);
});

test('output with fences in it stays output', () => {
  const pending = [{ line: '!cat a.md', text: '$ cat a.md\n```\ncode\n```\n' }];
  expect(conversationFile({ entries: [], pending })?.text).toContain(
    '````\n$ cat a.md\n```\ncode\n```\n````\n',
  );
});

test('there is none where nothing was said', () => {
  expect(conversationFile({ entries: [] })).toBeUndefined();
});
