import { expect, test } from 'vitest';
import { describeInspection, visible } from '../../src/trust/question.ts';

test.each([
  ['notes.ts', 'notes.ts'],
  ['ünïcode 日本 ✓.ts', 'ünïcode 日本 ✓.ts'],
  ['a\u001b[31mb', 'a\\u{1b}[31mb'],
  ['a\nb\r\tc', 'a\\u{a}b\\u{d}\\u{9}c'],
  ['x\u202egpj.ts', 'x\\u{202e}gpj.ts'],
  ['a\u200bb\ufeffc\u2028d', 'a\\u{200b}b\\u{feff}c\\u{2028}d'],
  ['\ud800', '\\u{d800}'],
])('%j is shown as %j', (name, shown) => {
  expect(visible(name)).toBe(shown);
});

test('the question names what would happen, each file with its hash and how it differs, and what is not known', () => {
  const files = Array.from({ length: 40 }, (_, n) => ({
    path: `/r/${n}.mjs`,
    hash: `${n}`.padStart(64, '0'),
  }));
  const text = describeInspection({
    root: '/r',
    files: [{ path: '/r/c.ts', hash: 'abcdef0123456789', since: 'changed' }, ...files],
    added: [],
    effects: ['run c.ts'],
    remarks: ['c.ts cannot be parsed'],
  });
  expect(text).toContain('The configuration of /r would\n  run c.ts\n');
  expect(text).toContain('  abcdef01  c.ts (changed)\n  00000000  0.mjs\n');
  expect(text).toContain('  and 11 more\nBeware: c.ts cannot be parsed.');
});
