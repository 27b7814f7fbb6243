import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isUtf8Locale, textWidth, toAscii } from '../src/index.ts';

test('signs take as many columns as before, and what others wrote stays', () => {
  const drawn = '❯ → this machine · 3 files… ✓ café 日本';
  expect(toAscii(drawn)).toBe('> > this machine - 3 files~ + café 日本');
  expect(textWidth(toAscii(drawn))).toBe(textWidth(drawn));
});

test('no sign that the terminal draws is forgotten', () => {
  const folder = fileURLToPath(new URL('../../terminal/src/', import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  // What is written in Chinese or Japanese is looked for in texts, not drawn.
  const drawn = /[^\x00-\x7f\p{Script=Han}\u3000-\u303f\uff00-\uffef]/gu;
  const signs = sources.flatMap((name) => readFileSync(folder + name, 'utf8').match(drawn) ?? []);
  expect(signs.filter((sign) => !/^[\x00-\x7f]$/.test(toAscii(sign)))).toEqual([]);
});

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'de_CH.UTF-8' }, true],
  [{ LANG: 'de_DE@euro', LC_ALL: '' }, false],
  [{}, false],
])('%j', (env, expected) => {
  expect(isUtf8Locale(env)).toBe(expected);
});
