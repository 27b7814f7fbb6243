import { expect, test } from 'vitest';
import { parseData } from '../../src/config/parse-data.ts';

const json = { path: '/p/prefish.config.json', format: 'json' } as const;
const yaml = { path: '/p/.prefishrc', format: 'yaml' } as const;

test('JSON, YAML and the key of a package.json', () => {
  expect(parseData(json, Buffer.from('\uFEFF{"network":"none"}'))).toEqual({ network: 'none' });
  expect(parseData(yaml, Buffer.from('network: none\n'))).toEqual({ network: 'none' });
  expect(
    parseData({ path: '/p/package.json', format: 'manifest' }, Buffer.from('{"prefish":{"carry":[]}}')),
  ).toEqual({
    carry: [],
  });
  expect(parseData(yaml, Buffer.from('# nothing yet\n'))).toEqual({});
});

test('tokens in quotes, and what looks like one in a text, are text', () => {
  const text = `prefixes: { shell: '!', teleport: ["&", '>>'] } # not: !\nserver: "https://a, & b"\n`;
  expect(parseData(yaml, Buffer.from(text))).toEqual({
    prefixes: { shell: '!', teleport: ['&', '>>'] },
    server: 'https://a, & b',
  });
});

test.each([
  [
    'a syntax error in JSON',
    json,
    '{"a":',
    'PREFISH_CONFIG_UNREADABLE',
    /prefish\.config\.json is not valid JSON/,
  ],
  [
    'a syntax error in YAML',
    yaml,
    'a: [',
    'PREFISH_CONFIG_UNREADABLE',
    /\.prefishrc is not valid YAML.*\(\d+:\d+\)/,
  ],
  ['an empty JSON', json, '', 'PREFISH_CONFIG_UNREADABLE', /not valid JSON/],
  [
    'a tag that would make a function',
    yaml,
    'a: !!js/function "() => 1"',
    'PREFISH_CONFIG_UNREADABLE',
    /js\/function/,
  ],
  ['two documents', yaml, 'a: 1\n---\nb: 1\n', 'PREFISH_CONFIG_UNREADABLE', /not valid YAML/],
  [
    '__proto__ in JSON',
    json,
    '{"prefixes":{"__proto__":"x"}}',
    'PREFISH_CONFIG_INVALID',
    /prefixes\.__proto__/,
  ],
  [
    '__proto__ in YAML',
    yaml,
    'plugins: [[x, {__proto__: {a: 1}}]]',
    'PREFISH_CONFIG_INVALID',
    /plugins\[0\]\[1\]\.__proto__/,
  ],
  [
    'a token without quotes',
    yaml,
    'prefixes:\n  shell: !\n',
    'PREFISH_CONFIG_UNREADABLE',
    /! without quotes/,
  ],
  [
    'one in a list',
    yaml,
    'prefixes: { shell: [$, !!], a: "!" }',
    'PREFISH_CONFIG_UNREADABLE',
    /!! without quotes/,
  ],
  ['one of an anchor', yaml, 'prefixes: { teleport: & }', 'PREFISH_CONFIG_UNREADABLE', /& without quotes/],
  ['constructor', yaml, 'constructor: {prototype: {}}', 'PREFISH_CONFIG_INVALID', /constructor/],
])('%s is refused', (_, file, text, code, message) => {
  expect(() => parseData(file, Buffer.from(text))).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
  expect(({} as { a?: number }).a).toBeUndefined();
});

test('what is not UTF-8 is refused', () => {
  expect(() => parseData(json, Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(/UTF-8/);
});

test('aliases that stand for millions of values, or for themselves, are refused at once', () => {
  const row = (name: string, below: string): string =>
    `${name}: &${name} [${Array.from({ length: 9 }, () => below).join(',')}]\n`;
  const bomb =
    row('a', 'x') + row('b', '*a') + row('c', '*b') + row('d', '*c') + row('e', '*d') + row('f', '*e');
  expect(() => parseData(yaml, Buffer.from(bomb))).toThrow(/aliases multiply/);
  expect(() => parseData(yaml, Buffer.from('a: &a [*a]'))).toThrow(/aliases|alias/);
});
