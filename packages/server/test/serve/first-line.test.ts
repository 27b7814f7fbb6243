import { describe, expect, test } from 'vitest';
import { FirstLine, movesSomething } from '../../src/serve/first-line.ts';

const pktLine = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
const want = `want ${'a'.repeat(40)} agent=git/2.47`;

async function firstOf(...parts: readonly string[]): Promise<string | undefined> {
  const first = new FirstLine();
  for (const part of parts) first.take(Buffer.from(part));
  return Promise.race([first.line, Promise.resolve(undefined)]);
}

describe('the first line of what a client of git says', () => {
  test.each([
    [[pktLine(want), '0000'], want],
    [[...(pktLine(want) + pktLine(want))], want],
    [['0000', pktLine(want)], ''],
    [['0001'], ''],
    [['none'], ''],
    [['00'], undefined],
    [[pktLine(want).slice(0, -1)], undefined],
  ])('of %j is %j', async (parts, expected) => {
    expect(await firstOf(...parts)).toBe(expected);
  });
});

test.each([
  ['', false],
  ['command=ls-refs\n', false],
  ['command=ls-refs', false],
  ['command=fetch', true],
  [`${want} command=ls-refs`, true],
  ['agent=command=ls-refs', true],
  [`${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/command=ls-refs`, true],
])('a request that begins with %j moves something: %s', (line, expected) => {
  expect(movesSomething(line)).toBe(expected);
});
