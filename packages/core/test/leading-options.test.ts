import { describe, expect, test } from 'vitest';
import { parseLeadingOptions } from '../src/leading-options.ts';

const spec = {
  wait: { type: 'boolean' },
  carry: { type: 'string', multiple: true },
  timeout: { type: 'string' },
} as const;
const parse = (body: string): unknown => parseLeadingOptions(body, spec, 'teleport');

describe('leading options', () => {
  test.each([
    ['!npm test', {}, '!npm test'],
    ['--wait !npm test --watch', { wait: true }, '!npm test --watch'],
    ['--carry .env --carry=a.db  !x', { carry: ['.env', 'a.db'] }, ' !x'],
    ['--carry "my file" !x', { carry: ['my file'] }, '!x'],
    ['--timeout -5 !x', { timeout: '-5' }, '!x'],
    ['--wait -- --not-an-option', { wait: true }, '--not-an-option'],
    ['-- --wait', {}, '--wait'],
    ['--wait', { wait: true }, ''],
    ['--wait\t!a b', { wait: true }, '\t!a b'],
    ['  indented', {}, '  indented'],
    ["it's fine, a quote in the body", {}, "it's fine, a quote in the body"],
  ])('%j', (body, values, rest) => {
    expect(parse(body)).toEqual({ values, body: rest });
  });

  test.each([
    ['--wat !x', 'PREFISH_OPTION_UNKNOWN', /--wait, --carry, --timeout.*put -- before it/],
    ['--=--wait !x', 'PREFISH_OPTION_UNKNOWN', /put -- before it/],
    ['--toString !x', 'PREFISH_OPTION_UNKNOWN', /put -- before it/],
    ['--timeout', 'PREFISH_USAGE', undefined],
    ['--wait=yes !x', 'PREFISH_USAGE', undefined],
    ['--carry "open', 'PREFISH_USAGE', undefined],
  ])('%j is %s', (body, code, hint) => {
    expect(() => parse(body)).toThrow(
      expect.objectContaining({ code, ...(hint && { hint: expect.stringMatching(hint) }) }),
    );
  });

  test('that are not given have their defaults, among given ones too', () => {
    const withDefault = { timeout: { type: 'string', default: '5' }, wait: { type: 'boolean' } } as const;
    expect(parseLeadingOptions('!x', withDefault, 'teleport')).toEqual({
      values: { timeout: '5' },
      body: '!x',
    });
    expect(parseLeadingOptions('--wait !x', withDefault, 'teleport')).toEqual({
      values: { timeout: '5', wait: true },
      body: '!x',
    });
  });

  test('mistakes name the prefix and the option; a prefix without options offers none', () => {
    expect(() => parse('--timeout')).toThrow('--timeout of the prefix "teleport"');
    expect(() => parse('--wait=yes !x')).toThrow(
      expect.objectContaining({
        cause: expect.objectContaining({ message: expect.stringContaining('--wait') }),
      }),
    );
    expect(() => parseLeadingOptions('--wat !x', {}, 'plain')).toThrow(
      expect.objectContaining({
        message: 'The prefix "plain" has no option --wat',
        hint: 'To begin the line itself with dashes, put -- before it.',
      }),
    );
  });
});
