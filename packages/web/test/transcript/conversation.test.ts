import { expect, test } from 'vitest';
import { conversationOf } from '../../src/transcript/conversation.ts';
import { Transcript } from '../../src/transcript/transcript.ts';

function transcriptOf(...texts: readonly string[]): Transcript {
  const transcript = new Transcript();
  const at = '2026-01-01T00:00:00Z';
  transcript.take([
    { seq: 1, at, type: 'message', role: 'user', text: texts[0]! },
    { seq: 2, at, type: 'message', role: 'agent', text: texts[1]! },
    { seq: 3, at, type: 'thought', text: 'Hm.' },
    { seq: 4, at, type: 'tool', id: '1', title: 'npm\ntest', status: 'failed' },
  ]);
  return transcript;
}

test('a conversation is what was said, and the calls', () => {
  expect(conversationOf(transcriptOf('Fix it', 'Done.'))).toBe(
    '# The conversation so far\n\n## The user\n\nFix it\n\n## The agent\n\nDone.\n\n- failed: npm test\n',
  );
});

test('of a long one the end goes along', () => {
  const text = conversationOf(transcriptOf('x'.repeat(200_000), 'The end.'));
  expect(text.length).toBeLessThan(101_000);
  expect(text).toContain('left out');
  expect(text).toContain('The end.');
});
