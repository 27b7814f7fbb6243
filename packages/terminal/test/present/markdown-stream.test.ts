import { stripVTControlCharacters } from 'node:util';
import { createStyle, textWidth } from '@prefish/screen';
import { describe, expect, test } from 'vitest';
import { array, assert, nat, property } from '../../../../test/support/fast-check.ts';
import { MarkdownStream } from '../../src/present/markdown-stream.ts';

const style = createStyle(true);
const { bold, cyan, dim } = style;

function shown(chunks: readonly string[], columns = 80): string {
  const stream = new MarkdownStream(style, () => columns);
  return chunks.map((chunk) => stream.write(chunk)).join('') + stream.end();
}

/** Colours that go on from word to word are one. */
function joined(text: string): string {
  return text.replaceAll(/\x1b\[(22|39)m( ?)\x1b\[(1|36|2)m/g, (whole, close, space, open) =>
    (close === '22') === (open !== '36') ? space : whole,
  );
}

describe('Markdown as it is streamed', () => {
  test.each([
    ['one line', 'one line\n'],
    ['two **bold words** here', `two ${bold('bold words')} here\n`],
    ['the `npm test` command', `the ${cyan('npm test')} command\n`],
    ['``a ` b``', `${cyan('a ` b')}\n`],
    ['## A heading', `${bold('A heading')}\n`],
    ['- one\n* two\n  + three\n1. four', '• one\n• two\n  • three\n1. four\n'],
    ['> said', `${dim('│ ')}said\n`],
    ['a\n\n---\nb', `a\n\n${dim('───')}\nb\n`],
    [
      '```ts\nconst a = **1**;\n# no heading\n```\nend',
      `  ${cyan('const a = **1**;')}\n  ${cyan('# no heading')}\nend\n`,
    ],
    ['2**3 and 4 ** 5 and a*b*c', '2**3 and 4 ** 5 and a*b*c\n'],
    ['\\*\\*not bold\\*\\* C:\\dir', '**not bold** C:\\dir\n'],
    ['| no table |\nb', '| no table |\nb\n'],
    ['[https://a.example](https://a.example)', `${style.blue('https://a.example')}\n`],
    ['[x] a[1] f([0]) [ref]: y', '[x] a[1] f([0]) [ref]: y\n'],
    ['[**never** closed](http', `[${bold('never')} closed](http\n`],
    ['#hashtag and #', '#hashtag and #\n'],
    ['**never closed\nnext', `${bold('never closed')}\nnext\n`],
    ['', ''],
  ])('%j', (source, expected) => {
    expect(joined(shown([source]))).toBe(expected);
  });

  test('however it is cut, it looks the same', () => {
    const source =
      '# Title **b**\n[a `b`](https://c.example/(d)) [e](\n| a | b |\n|--:|---|\n| 1 | `x \\| y` |\n\nSome **bold `code`** text, `a` \\* 2**3.\n\n- one **x**\n```js\nlet a;\n```\n> q\n***\n1. z';
    const whole = joined(shown([source]));
    assert(
      property(array(nat(source.length), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), source.length];
        const chunks = places.slice(1).map((end, index) => source.slice(places[index], end));
        expect(joined(shown(chunks))).toBe(whole);
      }),
    );
  });

  test('words stay whole, and lists keep their indent', () => {
    expect(shown(['- the quick brown fox jumps over'], 14)).toBe('• the quick\n  brown fox\n  jumps over\n');
    for (const row of shown(['word '.repeat(100)], 31).split('\n'))
      expect(textWidth(row)).toBeLessThanOrEqual(31);
  });

  test.each([
    ['| a | b |\n|---|---|\n| 1 | 22 |', 'a │ b\n──┼───\n1 │ 22\n'],
    ['> - a\n> > b', '│ • a\n│ │ b\n'],
    ['see [the page](https://a.example/x) now', 'see the page (https://a.example/x) now\n'],
  ])('%j, its colours aside', (source, expected) => {
    expect(stripVTControlCharacters(shown([source]))).toBe(expected);
  });

  test('a quote keeps its bar where it is broken', () => {
    expect(stripVTControlCharacters(shown(['> the quick brown fox jumps'], 14))).toBe(
      '│ the quick\n│ brown fox\n│ jumps\n',
    );
  });

  test('Japanese is broken between characters, not before a full stop', () => {
    expect(stripVTControlCharacters(shown(['- 日本語のテキスト。です'], 12))).toBe(
      '• 日本語のテ\n  キスト。で\n  す\n',
    );
    expect(stripVTControlCharacters(shown(['- 日本語のテ。キスト'], 12))).toBe('• 日本語の\n  テ。キスト\n');
  });

  test.each([60, 40, 24])('a table fits into %i columns', (columns) => {
    const source =
      '| File | What it does |\n|---|---:|\n| `src/日本.ts` | reads **every** word of it |\n| b | c |\n';
    const rows = stripVTControlCharacters(shown([source], columns))
      .trimEnd()
      .split('\n');
    for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(columns);
    expect(rows.join(' ').replaceAll(/[│─┼ ]+/g, ' ')).toContain('reads every');
    const bars = rows
      .map((row) => /[│┼]/.exec(row))
      .map((found) => found && textWidth(found.input.slice(0, found.index)));
    expect(new Set(bars).size).toBe(1);
  });

  test('too many columns for the screen are shown one below the other', () => {
    const source =
      '| first | second | third |\n|---|---|---|\n| one thing | another thing | a third thing |\n';
    expect(stripVTControlCharacters(shown([source], 20))).toBe(
      'first: one thing\nsecond: another thing\nthird: a third thing\n',
    );
  });

  test('a word is shown as soon as it is whole', () => {
    const stream = new MarkdownStream(style, () => 80);
    expect(['Hel', 'lo ', 'wor', 'ld', '.\n'].map((chunk) => stream.write(chunk))).toEqual([
      '',
      'Hello',
      '',
      '',
      ' world.\n',
    ]);
  });
});
