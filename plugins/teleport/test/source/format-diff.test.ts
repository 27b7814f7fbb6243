import { expect, test } from 'vitest';
import { formatDiff } from '../../src/source/format-diff.ts';

test('a terminal gets short ids, a pipe what git apply takes', () => {
  const index = `index ${'a'.repeat(40)}..${'b'.repeat(40)} 100644`;
  const patch = `diff --git a/a b/a\n${index}\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-${index}\n+${index}\n`;
  const files = [{ path: 'a', insertions: 1, deletions: 1, status: 'modified' }] as const;
  expect(formatDiff({ files, patch }, { colour: false, none: '' })).toContain(`\n${index}\n`);
  expect(formatDiff({ files, patch }, { colour: false, none: '' }).split('\n')[0]).toBe('a  +1 −1');
  const shown = formatDiff({ files, patch }, { colour: true, none: '' });
  expect(shown).toContain('index aaaaaaa..bbbbbbb 100644');
  expect(shown).toContain(`+${index}`);
});

test('a file that was renamed has both names', () => {
  const file = { path: 'new', from: 'old', insertions: 1, deletions: 0, status: 'renamed' } as const;
  expect(formatDiff({ files: [file], patch: '' }, { colour: false, none: '' }).split('\n')[0]).toBe(
    'old → new  +1 −0 (renamed)',
  );
});

test('--stat is a line a file, and their sum; no name of a file writes another line', () => {
  const files = [
    { path: 'a\n\u001b[31mb', insertions: 1, deletions: 2, status: 'added' },
    { path: 'c', insertions: 3, deletions: 0, status: 'modified' },
  ] as const;
  expect(
    formatDiff({ files, patch: 'diff --git' }, { colour: false, stat: true, none: '' }).split('\n'),
  ).toEqual(['a\ufffd\ufffd[31mb  +1 −2 (added)', 'c         +3 −0', '2 files  +4 −2']);
});
