import { describe, expect, test } from 'vitest';
import * as fc from '../../../test/support/fast-check.ts';
import type { PrefixInfo } from '../src/index.ts';
import { route, RouteTable } from '../src/route.ts';
import { parseLeadingOptions } from '../src/leading-options.ts';

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
    expect(route('\\/nope x', table('!'))).toMatchObject({ kind: 'text', body: '/nope x' });
    expect(route('\\/', table('!'))).toMatchObject({ kind: 'text', body: '/' });
    expect(route('\\/home/me', table('!'))).toMatchObject({ kind: 'text', body: '\\/home/me' });
    expect(route('\\n', table('!'))).toMatchObject({ kind: 'text', body: '\\n' });
  });

  test('knows commands by their whole name; paths and unknown names are text', () => {
    expect(route('/tasks  ls', table())).toMatchObject({ kind: 'command', name: 'tasks', body: ' ls' });
    expect(route('/tasksx', table())).toMatchObject({ kind: 'text' });
    expect(route('/tasks/x', table())).toMatchObject({ kind: 'text' });
    expect(route('/home/me', table())).toMatchObject({ kind: 'text', body: '/home/me' });
    expect(route('see /tasks', table())).toMatchObject({ kind: 'text', body: 'see /tasks' });
  });

  test('gives a token with two owners to neither', () => {
    const claims = [{ token: '&', owners: [owner('&'), { ...owner('&'), plugin: 'other' }] }];
    expect(route('& x', new RouteTable(claims))).toMatchObject({ kind: 'refused', token: '&' });
  });

  test('an empty line is text, and a lone backslash too, when somebody owns the empty token', () => {
    expect(route('', table('', '!'))).toEqual({ kind: 'text', body: '', text: '' });
    expect(route('\\', table('', '!'))).toEqual({ kind: 'text', body: '\\', text: '\\' });
  });

  test('gives a token to nobody while its owner is unavailable, or there is none', () => {
    const claims = [
      { token: '!', owners: [owner('!')], unavailable: 'it did not load' },
      { token: '$', owners: [] },
    ];
    for (const text of ['! x', '$ x']) {
      expect(route(text, new RouteTable(claims))).toMatchObject({
        kind: 'refused',
        token: text[0],
        body: 'x',
        text,
      });
    }
  });

  test('a path is text, whatever commands there are', () => {
    expect(route('/home/me/x', new RouteTable([], ['home']))).toMatchObject({
      kind: 'text',
      body: '/home/me/x',
    });
  });
});

/** Tokens as people might choose them: regex characters, combining marks, astral characters, beginnings of each other. */
const character = fc.oneof(
  fc.constantFrom(...'!&#?$^*+.()[]{}|->~%@aé\u0301\u200dß'),
  fc.constantFrom('😀', '👩', '𝒳', '語'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const token = fc
  .string({ unit: character, minLength: 1, maxLength: 4 })
  .filter((text) => !/[\s\p{Cc}]/u.test(text) && !/^[/\\]/.test(text));
const tokens = fc.uniqueArray(token, { minLength: 1, maxLength: 12 });
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: character }),
  fc.constantFrom('', ' ', '  x\n\t'),
);

/** The longest token that the text begins with, found by looking at all of them. */
function longest(text: string, among: readonly string[]): string | undefined {
  return among.filter((each) => text.startsWith(each)).toSorted((a, b) => b.length - a.length)[0];
}

describe('every line', () => {
  const lines = fc.tuple(tokens, fc.nat(), body).map(([all, pick, rest]) => {
    const chosen = all[pick % all.length]!;
    return { all, chosen, rest, text: `${chosen}${rest}` };
  });

  test('goes to the longest token at its beginning, and to that one alone', () => {
    fc.assert(
      fc.property(lines, ({ all, text }) => {
        const line = route(text, table(...all));
        expect(line.kind).toBe('prefix');
        expect(line.kind === 'prefix' && line.prefix.token).toBe(longest(text, all));
      }),
    );
  });

  test('keeps its body byte for byte, but for one space', () => {
    fc.assert(
      fc.property(lines, ({ all, text }) => {
        const taken = longest(text, all)!;
        const rest = text.slice(taken.length);
        expect(route(text, table(...all)).body).toBe(rest.startsWith(' ') ? rest.slice(1) : rest);
        expect(owned(`${taken} ${rest}`, taken)).toEqual([taken, rest]);
      }),
    );
  });

  test('behind a backslash is plain text, and itself again', () => {
    fc.assert(
      fc.property(lines, ({ all, text }) => {
        expect(route(`\\${text}`, table(...all))).toMatchObject({ kind: 'text', body: text });
      }),
    );
  });

  test('that does not begin with a token is plain text, untouched', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom(' ', '\t', '\n'), ({ all, text }, blank) => {
        expect(route(blank + text, table(...all))).toMatchObject({ kind: 'text', body: blank + text });
      }),
    );
  });

  test('finds the same owner among a thousand tokens as among its own', () => {
    const others = Array.from({ length: 1000 }, (_, index) => `other${index}:`);
    fc.assert(
      fc.property(lines, ({ all, text }) => {
        fc.pre(longest(text, others) === undefined);
        expect(owned(text, ...others, ...all)).toEqual(owned(text, ...all));
      }),
      { numRuns: 30 },
    );
  });

  test('with two owners of its token is refused, whoever they are', () => {
    fc.assert(
      fc.property(lines, ({ all, text }) => {
        const claims = all.map((each) => ({ token: each, owners: [owner(each), owner(each)] }));
        expect(route(text, new RouteTable(claims)).kind).toBe('refused');
      }),
    );
  });

  test('keeps what stands behind -- of its leading options', () => {
    const spec = { wait: { type: 'boolean' }, after: { type: 'string' } } as const;
    fc.assert(
      fc.property(body, fc.constantFrom('', '--wait ', '--after x --wait '), (rest, options) => {
        expect(parseLeadingOptions(`${options}-- ${rest}`, spec, 'x').body).toBe(rest);
      }),
    );
  });
});
