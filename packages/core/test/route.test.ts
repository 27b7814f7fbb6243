import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { route, RouteTable, type PrefixInfo } from '../src/index.ts';

const owner = (token: string): PrefixInfo => ({
  id: `id of ${token}`,
  token,
  plugin: 'test',
  summary: '',
  examples: [],
  sticky: false,
  teleport: {},
});
const table = (...tokens: string[]): RouteTable =>
  new RouteTable(
    tokens.map((token) => ({ token, owners: [owner(token)] })),
    ['tasks'],
  );
const owned = (text: string, ...tokens: string[]): [string | undefined, string] => {
  const line = route(text, table(...tokens));
  return [line.kind === 'prefix' ? line.prefix.token : undefined, line.body];
};

describe('route', () => {
  test('takes the longest token at column 0', () => {
    expect(owned('!!ls', '!', '!!')).toEqual(['!!', 'ls']);
    expect(owned('!ls', '!', '!!')).toEqual(['!', 'ls']);
    expect(owned(' !ls', '!')).toEqual([undefined, ' !ls']);
  });

  test('gives one space to the token and leaves the rest as it is', () => {
    expect(owned('&   a \t', '&')).toEqual(['&', '  a \t']);
    expect(owned('&', '&')).toEqual(['&', '']);
  });

  test('a backslash before a token makes plain text and goes; any other stays', () => {
    expect(route('\\!x', table('!'))).toMatchObject({ kind: 'text', body: '!x' });
    expect(route('\\/tasks', table('!'))).toMatchObject({ kind: 'text', body: '/tasks' });
    expect(route('\\n', table('!'))).toMatchObject({ kind: 'text', body: '\\n' });
  });

  test('knows commands by their whole name; paths and unknown names are text', () => {
    expect(route('/tasks  ls', table())).toMatchObject({ kind: 'command', name: 'tasks', body: ' ls' });
    expect(route('/tasksx', table())).toMatchObject({ kind: 'text' });
    expect(route('/tasks/x', table())).toMatchObject({ kind: 'text' });
    expect(route('/home/me', table())).toMatchObject({ kind: 'text', body: '/home/me' });
  });

  test('gives a token with two owners to neither', () => {
    const claims = [{ token: '&', owners: [owner('&'), { ...owner('&'), plugin: 'other' }] }];
    expect(route('& x', new RouteTable(claims))).toMatchObject({ kind: 'refused', token: '&' });
  });

  const token = fc.stringMatching(/^[^\s/\\\p{Cc}]{1,4}$/u);

  test('every registered token routes its body byte for byte, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(token, { minLength: 1, maxLength: 20 }),
        fc.string(),
        fc.nat(),
        (tokens, body, pick) => {
          const chosen = tokens[pick % tokens.length]!;
          const [taken, rest] = owned(`${chosen} ${body}`, ...tokens);
          const longest = tokens
            .filter((each) => `${chosen} ${body}`.startsWith(each))
            .sort((a, b) => b.length - a.length)[0];
          expect(taken).toBe(longest);
          if (taken === chosen) expect(rest).toBe(body);
        },
      ),
    );
  });

  test('a line that no token begins is itself, untouched', () => {
    fc.assert(
      fc.property(fc.uniqueArray(token), fc.string(), (tokens, text) => {
        fc.pre(
          !tokens.some((each) => text.startsWith(each)) && !text.startsWith('\\') && !text.startsWith('/'),
        );
        expect(route(text, table(...tokens))).toEqual({ kind: 'text', body: text, text });
      }),
    );
  });
});
