import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { createSanitizer, sanitize, sanitizeLabel } from '../src/index.ts';

const payloads: readonly (readonly [name: string, input: string, shown: string])[] = [
  ['plain text', 'héllo wörld\n', 'héllo wörld\n'],
  ['tabs and line breaks', 'a\tb\r\nc\r\r\nd\n', 'a\tb\nc\nd\n'],
  ['a lone carriage return', 'safe\rowned', 'safeowned'],
  ['backspaces', 'rm -rf\b\b\b\b\b\bls', 'rm -rfls'],
  ['bell, null, delete', 'a\x07b\x00c\x7fd', 'abcd'],
  ['colours', '\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
  ['the colour 8', '\x1b[38;5;8mgrey\x1b[0m', '\x1b[38;5;8mgrey\x1b[0m'],
  ['a true colour of 8s', '\x1b[48;2;8;8;8mx\x1b[m', '\x1b[48;2;8;8;8mx\x1b[m'],
  ['a colour with colons', '\x1b[38:5:8mx\x1b[m', '\x1b[38:5:8mx\x1b[m'],
  ['conceal', '\x1b[8mhidden', 'hidden'],
  ['conceal among others', '\x1b[1;8;31mx\x1b[0m', '\x1b[1;31mx\x1b[0m'],
  ['conceal with zeros', '\x1b[008mx', 'x'],
  ['conceal after a cut colour', '\x1b[38;8mx', 'x'],
  ['conceal in place of a colour', '\x1b[38;5mx', 'x'],
  ['colours left on', '\x1b[32mgreen', '\x1b[32mgreen\x1b[0m'],
  ['cursor movement', 'a\x1b[2Jb\x1b[10;10Hc\x1b[?1049hd', 'abcd'],
  ['a private sequence that ends in m', '\x1b[>4;2mx\x1b[?4mx', 'xx'],
  ['a title', '\x1b]0;owned\x07x', 'x'],
  ['the clipboard', '\x1b]52;c;cm0gLXJmIC8=\x1b\\x', 'x'],
  ['a hyperlink', '\x1b]8;;https://a.example\x1b\\text\x1b]8;;\x1b\\', 'text'],
  ['an unterminated title', '\x1b]0;owned\nnext', '\nnext'],
  ['a device control string', '\x1bP$q"p\x1b\\x', 'x'],
  ['application, privacy and start of string', '\x1b_a\x1b\\\x1b^b\x1b\\\x1bXc\x1b\\x', 'x'],
  ['C1 sequences', 'a\x9b2Jb\x9d0;t\x9cc\x90q\x9cd\x85e', 'abcde'],
  ['a C1 colour', '\x9b31mx\x9b0m', '\x1b[31mx\x1b[0m'],
  ['a reset of the terminal', '\x1bcx\x1b[!px', 'xx'],
  ['character sets', '\x1b(0x\x1b#8x\x1b%Gx', 'xxx'],
  ['saved cursors and keypad modes', '\x1b7\x1b8\x1b=\x1b>x', 'x'],
  ['a question to the terminal', '\x1b[6n\x1b[c\x1b[>qx', 'x'],
  ['nested escapes', '\x1b\x1b[31m[2Jx\x1b[0m', '\x1b[31m[2Jx\x1b[0m'],
  ['a sequence formed from the parts of another', '\x1b[\x1b[31m2Jx', '\x1b[31m2Jx\x1b[0m'],
  ['a sequence cut by a line break', '\x1b[3\n1mx', '\n1mx'],
  ['a string cut by a sequence', '\x1b]0;t\x1b[31mx\x1b[0m', '\x1b[31mx\x1b[0m'],
  ['bidirectional controls', 'a\u202eb\u2066c\u200fd\u061ce', 'abcde'],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'abc'],
  ['a family of emoji', '👨‍👩‍👧 and 🇨🇭', '👨‍👩‍👧 and 🇨🇭'],
  ['lone surrogates', 'a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
  ['an incomplete sequence at the end', 'x\x1b[31', 'x'],
  ['an incomplete character at the end', 'x\ud83d', 'x\ufffd'],
];

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
