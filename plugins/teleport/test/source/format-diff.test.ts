import { expect, test } from 'vitest';
import { formatDiff } from '../../src/source/format-diff.ts';

test('a terminal gets short ids, a pipe what git apply takes', () => {
  const index = `index ${'a'.repeat(40)}..${'b'.repeat(40)} 100644`;
  const patch = `diff --git a/a b/a\n${index}\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-${index}\n+${index}\n`;
  const files = [{ path: 'a', insertions: 1, deletions: 1, status: 'modified' }] as const;
  expect(formatDiff({ files, patch }, false)).toContain(`\n${index}\n`);
  expect(formatDiff({ files, patch }, false).split('\n')[0]).toBe('a  +1 −1');
  const shown = formatDiff({ files, patch }, true);
  expect(shown).toContain('index aaaaaaa..bbbbbbb 100644');
  expect(shown).toContain(`+${index}`);
});

test('a file that was renamed has both names', () => {
  const file = { path: 'new', from: 'old', insertions: 1, deletions: 0, status: 'renamed' } as const;
  expect(formatDiff({ files: [file], patch: '' }, false).split('\n')[0]).toBe('old → new  +1 −0 (renamed)');
});
