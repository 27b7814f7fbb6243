import { expect, test } from 'vitest';
import * as fc from '../../../test/support/fast-check.ts';
import { createSanitizer, sanitize, sanitizeLabel } from '../src/index.ts';
import { payloads } from './support/payloads.ts';

test.each(payloads)('%s', (_name, input, shown) => {
  expect(sanitize(input)).toBe(shown);
});

test.each(payloads)('%s, cut at every place', (_name, input, shown) => {
  for (let first = 0; first <= input.length; first++) {
    for (let second = first; second <= input.length; second++) {
      const sanitizer = createSanitizer();
      const parts = [input.slice(0, first), input.slice(first, second), input.slice(second)];
      expect(parts.map((part) => sanitizer.write(part)).join('') + sanitizer.end()).toBe(shown);
    }
  }
});

const hostile = fc.string({
  unit: fc.constantFrom(
    ...'\x1b[]P_^X\\;:?>!m0123458HJhl\x07\x08\x0d\x0a\x09\x9b\x9c\x9d\x90 aé\u202e\ud83d\ude00'.split(''),
  ),
  maxLength: 60,
});

test('whatever comes, only text, line breaks, tabs and visible colours leave', () => {
  fc.assert(
    fc.property(fc.array(hostile), (chunks) => {
      const sanitizer = createSanitizer();
      const shown = chunks.map((chunk) => sanitizer.write(chunk)).join('') + sanitizer.end();
      const text = shown.replaceAll(/\x1b\[[0-9;:]*m/g, '');
      expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
      expect(sanitize(shown)).toBe(shown);
    }),
    { numRuns: 2000 },
  );
});

test('an unterminated string does not swallow a transcript', () => {
  const sanitizer = createSanitizer();
  sanitizer.write('\x1bP');
  const shown = Array.from({ length: 10 }, () => sanitizer.write('x'.repeat(10_000))).join('');
  expect(shown.length).toBeGreaterThan(30_000);
  expect(shown.length).toBeLessThan(40_000);
});

test('a label is one row without colours', () => {
  expect(sanitizeLabel('fix\x1b[31m the\nbug\x1b]0;t\x07\tnow')).toBe('fix the⏎bug now');
});
