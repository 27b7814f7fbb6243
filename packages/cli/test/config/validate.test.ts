import { definePlugin, type Config } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { validate, withoutOwn } from '../../src/config/validate.ts';
import committed from '../../schema.json' with { type: 'json' };

const file = { path: '/p/prefish.config.json', format: 'json' } as const;

const sound: readonly (readonly [string, Config])[] = [
  ['nothing', {}],
  ['a schema', { $schema: './schema.json' }],
  [
    'plugins',
    { plugins: ['prefish-plugin-notes', './notes.ts', ['./notes.ts', { folder: 'x' }], ['x', false]] },
  ],
  ['tokens', { prefixes: { shell: '$', memory: false, teleport: ['&', '>>'], agent: '' } }],
  [
    'the rest',
    { server: 'https://prefish.example', network: 'none', sandbox: 'bwrap', carry: ['.env', 'a/b'] },
  ],
  [
    'grants and limits',
    {
      mounts: ['/data', '~/sets', { path: '~/out', writable: true }],
      environment: ['DATABASE_URL'],
      limits: { memory: '8 GB', disk: '512MB', processes: 500, cpus: 1.5 },
      retention: { days: 30, size: '5 GB' },
      setup: 'make deps',
    },
  ],
];

type Unsound = [name: string, value: unknown, message: RegExp, hint?: RegExp];

const unsound: Unsound[] = [
  ['no object', [], /expected an object, found \[\]/],
  ['nothing at all', null, /expected an object, found null/],
  ['an unknown key', { prefxes: {} }, /prefxes: there is no such key/, /Did you mean prefixes\?/],
  ['a key like none', { colour: 1 }, /colour/, /The keys are .*prefixes/],
  ['a number for a plugin', { plugins: ['a', 1] }, /plugins\[1\]: expected a module.*found 1/],
  ['a module that is none', { plugins: [[1, {}]] }, /plugins\[0\]/],
  ['a token with a space', { prefixes: { shell: 'a b' } }, /prefixes\.shell: expected a token.*found "a b"/],
  ['a reserved token', { prefixes: { 'my.id': '/x' } }, /prefixes\["my\.id"\]: expected a token/],
  [
    'true for a token',
    { prefixes: { shell: true } },
    /prefixes\.shell: expected a token \("\$"\).*found true/,
  ],
  ['a server without a scheme', { server: 'prefish.example' }, /server: expected the URL of a server/],
  [
    'a network that is none',
    { network: 'some' },
    /network: expected "none", "allowlist" or "full", found "some"/,
  ],
  ['a sandbox that is none', { sandbox: false }, /sandbox: expected "auto", "bwrap" or "none", found false/],
  ['a relative mount', { mounts: ['data'] }, /mounts\[0\]: expected an absolute path/],
  ['a variable with a value', { environment: ['A=1'] }, /environment\[0\]: expected the name of a variable/],
  ['a size without a unit', { limits: { memory: '8' } }, /limits\.memory: expected a size/],
  ['no time at all', { retention: { days: 0 } }, /retention\.days: expected a number of days/],
  ['too few processes', { limits: { processes: 1 } }, /limits\.processes: expected a number of processes/],
  ['a path outside of the repository', { carry: ['../x'] }, /carry\[0\]: expected a path relative/],
];

test.each(sound)('sound: %s', (_, value) => {
  expect(validate(file, value)).toBe(value);
});

test.each<Unsound>(unsound)('refused: %s', (_, value, message, hint) => {
  expect(() => validate(file, value)).toThrow(
    expect.objectContaining({
      code: 'PREFISH_CONFIG_INVALID',
      message: expect.stringMatching(message),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    }),
  );
});

test('all that is wrong is said at once, after the file', () => {
  expect(() => validate(file, { network: 1, server: 2, x: 3 })).toThrow(
    /^\/p\/prefish\.config\.json holds 3 things.*:\n {2}.*\n {2}.*\n {2}.*$/,
  );
});

test('only a script can hold a plugin itself', () => {
  const notes = definePlugin({ name: 'notes', api: '^1', setup: () => {} })();
  expect(validate({ ...file, format: 'script' }, { plugins: [notes] })).toEqual({ plugins: [notes] });
  expect(() => validate(file, { plugins: [notes] })).toThrow(/plugins\[0\]/);
});

describe('the JSON Schema', () => {
  test('is committed as it is made', () => {
    expect(committed, 'node --conditions=development build/write-schema.ts').toEqual(jsonSchema());
  });

  test('says the same as prefish', async () => {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const check = new Ajv2020({ allErrors: true }).compile(committed);
    for (const [name, value] of sound)
      expect(check(value), `${name}: ${JSON.stringify(check.errors)}`).toBe(true);
    for (const [name, value] of unsound) expect(check(value), name).toBe(false);
  });
});

test('a project does not say what tasks may use', () => {
  expect(withoutOwn(file, { carry: ['x'] })).toEqual({ carry: ['x'] });
  expect(() => withoutOwn(file, { limits: {} })).toThrow(
    expect.objectContaining({ code: 'PREFISH_CONFIG_INVALID', hint: expect.stringContaining('your own') }),
  );
});
