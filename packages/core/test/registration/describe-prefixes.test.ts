import { expect, test } from 'vitest';
import { describePrefixes } from '../../src/registration/describe-prefixes.ts';

/** The examples of prefixes that ask for one token and have others. */
function examples(...prefixes: [asked: string, tokens: readonly string[], example: string][]): string[] {
  const registered = prefixes.map(([token, , example], index) => ({
    plugin: 'test',
    declared: {
      id: String(index),
      token,
      summary: '',
      examples: [example],
      sticky: false,
      teleport: false as const,
    },
  }));
  const infos = describePrefixes(registered, ({ id }) => prefixes[Number(id)]![1]);
  return infos.flatMap((info) => info.examples);
}

test('an example begins with the token that the prefix has now', () => {
  expect(examples(['!', ['$', 'sh'], '!git status'])).toEqual(['$git status', 'sh git status']);
  expect(examples(['', ['ai'], 'say it'])).toEqual(['ai say it']);
  expect(examples(['!', ['$'], 'another line'])).toEqual(['another line']);
});

test('a line behind a prefix has its own token of now', () => {
  const shell: [string, string[], string] = ['!', ['$'], '!x'];
  const quiet: [string, string[], string] = ['!!', ['quiet'], '!!x'];
  expect(examples(['&', ['&'], '& !npm test'], shell)[0]).toBe('& $npm test');
  expect(examples(['&', ['>>'], '& --wait !!make'], shell, quiet)[0]).toBe('>> --wait quiet make');
  expect(examples(['#', ['+'], '# Run !this'], shell)[0]).toBe('+ Run !this');
  expect(examples(['&', ['&'], '& !x'], ['!', [], '!x'])[0]).toBe('& !x');
});
