import { expect, test } from 'vitest';
import type { Config } from '@prefish/core';
import type { Layer, Level } from '../../src/config/configuration.ts';
import { merge } from '../../src/config/merge.ts';

const none = { plugins: [], folder: '/here' };
const defaults = { shell: '!', memory: '#' };

function layer(level: Level, value: Config): Layer {
  return { level, value, origin: `/${level}/prefish.config.json`, folder: `/${level}` };
}

test('the later wins, and every value knows where it comes from', () => {
  const { value, origins } = merge(
    defaults,
    [
      layer('user', { network: 'none', server: 'https://a.example', prefixes: { shell: '$' } }),
      layer('project', { network: 'full', carry: ['.env'] }),
      layer('given', { sandbox: 'none', carry: ['x'], allow: ['a.example'] }),
    ],
    { ...none, server: { value: 'https://b.example', origin: '--server' } },
  );
  expect(value).toEqual({
    network: 'full',
    allow: ['a.example'],
    sandbox: 'none',
    carry: ['x'],
    server: 'https://b.example',
    prefixes: { shell: '$', memory: '#' },
  });
  expect(origins).toEqual({
    'prefixes.shell': '/user/prefish.config.json',
    'prefixes.memory': 'default',
    network: '/project/prefish.config.json',
    allow: '/given/prefish.config.json',
    sandbox: '/given/prefish.config.json',
    carry: '/given/prefish.config.json',
    server: '--server',
  });
});

test.each([
  ['an agent', { command: './bin/agent', args: ['./a'] }, { command: '/project/bin/agent', args: ['./a'] }],
  ['a plain program', { exec: ['../tool', '{prompt}'] }, { exec: ['/tool', '{prompt}'] }],
  ['one on PATH', { command: 'agent' }, { command: 'agent' }],
  ['a known one', 'claude', 'claude'],
] as const)('%s: a path begins where the configuration is', (_which, agent, expected) => {
  expect(merge(defaults, [layer('project', { agent })], none).value.agent).toEqual(expected);
});

test('plugins add up; files are relative to who names them; later options count, and naming alone keeps them', () => {
  const { value, plugins, origins } = merge(
    {},
    [
      layer('user', { plugins: ['./a.ts', ['pkg', { n: 1 }], ['other', { n: 1 }], ['off', false]] }),
      layer('project', { plugins: ['./a.ts', 'pkg', ['other', { n: 2 }], 'off'] }),
    ],
    { plugins: ['./b.ts'], folder: '/here' },
  );
  expect(value.plugins).toEqual([
    '/user/a.ts',
    ['pkg', { n: 1 }],
    ['other', { n: 2 }],
    'off',
    '/project/a.ts',
    '/here/b.ts',
  ]);
  expect(plugins.map(({ own }) => own)).toEqual([true, true, true, true, false, true]);
  expect(origins).toMatchObject({ 'plugins[0]': '/user/prefish.config.json', 'plugins[5]': '--plugin' });
});

test('a token that a file takes away stays refused, and says who did it', () => {
  const project = merge(
    defaults,
    [layer('project', { prefixes: { shell: ['$', '%'], memory: false } })],
    none,
  );
  expect(project.refused).toEqual([
    {
      token: '!',
      reason: expect.stringContaining('/project/prefish.config.json has given "shell" the token $'),
      hint: String.raw`Write $ in place of !. Write \! to begin plain text with it.`,
    },
    {
      token: '#',
      reason: expect.stringContaining('has removed the prefix "memory"'),
      hint: expect.stringContaining('--no-config'),
    },
  ]);
  const own = merge(defaults, [layer('user', { prefixes: { shell: '$', memory: false } })], none);
  expect(own.refused).toMatchObject([
    { token: '!', reason: expect.stringContaining('/user/prefish.config.json') },
    { token: '#', hint: String.raw`Write \# to begin plain text with it.` },
  ]);
});

test('the tokens of a project that is not trusted yield to those of plugins, unless the user says the same', () => {
  const project: Layer = { ...layer('project', { prefixes: { shell: '$', memory: '%' } }), yields: true };
  const user = layer('user', { prefixes: { shell: '^' } });
  const given = layer('given', { prefixes: { memory: '%' } });
  expect(merge(defaults, [user, project], none).yielding).toEqual([
    { id: 'shell', instead: '^', origin: project.origin },
    { id: 'memory', instead: '#', origin: project.origin },
  ]);
  expect(merge(defaults, [user, project, given], none).yielding).toMatchObject([{ id: 'shell' }]);
  expect(merge(defaults, [user, { ...project, yields: false }], none).yielding).toEqual([]);
});

test('a project that names a module of the user gives it options, and neither its folder nor its trust', () => {
  const user = layer('user', { plugins: ['notes', ['other', { a: 1 }]] });
  const project = layer('project', { plugins: [['notes', { b: 2 }], 'other', ['own', {}]] });
  expect(merge(defaults, [user, project], none).plugins).toEqual([
    { module: 'notes', folder: '/user', own: true, options: { b: 2 }, origin: project.origin },
    { module: 'other', folder: '/user', own: true, options: { a: 1 }, origin: user.origin },
    { module: 'own', folder: '/project', own: false, options: {}, origin: project.origin },
  ]);
});

test.each(['toString', 'constructor', 'hasOwnProperty', '__proto__'])(
  'a prefix may be named as what every object has: %s',
  (id) => {
    const prefixes = Object.fromEntries([[id, '%']]);
    const { value, refused } = merge({}, [layer('user', { prefixes })], none);
    expect(Object.entries(value.prefixes ?? {})).toEqual([[id, '%']]);
    expect(refused).toEqual([]);
  },
);
