import { expect, test } from 'vitest';
import { OutputExcerpt } from '../src/output-excerpt.ts';

function excerpt(...chunks: readonly string[]): string {
  const kept = new OutputExcerpt();
  for (const chunk of chunks) kept.take(Buffer.from(chunk));
  return kept.text();
}

test('what a program prints becomes plain text', () => {
  expect(excerpt('\x1b[31mred\x1b[0m \x1b]0;title\x07é\r\n', 'done\n')).toBe('red é\ndone');
});

test('of a progress bar the last state counts', () => {
  expect(excerpt('10%\r50%\r100%\r\nend\n')).toBe('100%\nend');
});

test('full-screen programs leave nothing', () => {
  expect(excerpt('before\n', '\x1b[?1049hthe ', 'editor', '\x1b[?1049lafter\n')).toBe('before\nafter');
});

test('of a flood the beginning and the end stay, and what is missing is counted', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`);
  const text = excerpt(...lines);
  expect(text.length).toBeLessThan(17_000);
  expect(text).toMatch(/^line 0\nline 1\n/);
  expect(text).toMatch(/line 99999$/);
  const omitted = Number(/\[… (\d+) bytes left out …\]/.exec(text)?.[1]);
  expect(omitted + 2 * 8192).toBe(lines.join('').length);
  expect(excerpt(lines.join(''))).toBe(text);
});
