import { expect, test } from 'vitest';
import type { PrefixTokens } from '@prefish/core';
import { divide } from '../../src/config/project-request.ts';

const current = { shell: '!', 'shell-private': '!!', memory: '#', teleport: '&' };

test.each<[string, PrefixTokens]>([
  ['another token', { shell: '$' }],
  ['a token more', { teleport: ['&', '>>'] }],
  ['what it is anyway', { shell: '!', 'shell-private': '!!' }],
])('harmless: %s', (_, prefixes) => {
  expect(divide({ prefixes }, '/p', current)).toEqual({
    harmless: { prefixes },
    effects: [],
    modules: [],
    packages: [],
  });
});

test.each<[string, PrefixTokens]>([
  ['a swap', { shell: '&', teleport: '!' }],
  ['the token of another', { memory: '!' }],
  ['a token that takes lines from another', { memory: '&r' }],
  ['plain text', { shell: '' }],
  ['a letter', { shell: 'a' }],
  ['a letter of another script', { shell: 'ж' }],
  ['a digit', { shell: '1' }],
  ['how sentences begin', { shell: '(' }],
  ['help', { shell: '?' }],
  ['a prefix of another plugin', { notes: '^' }],
  ['the prefix of the agent', { agent: '>>' }],
  ['a name that every object has', { toString: '%' }],
  ['a removal', { memory: false }],
  ['an empty list', { memory: [] }],
  ['one among harmless ones', { memory: ['$', ''] }],
])('waits for trust: %s', (_, prefixes) => {
  const { harmless, effects } = divide({ prefixes }, '/p', current);
  expect(harmless).toEqual({ prefixes: {} });
  expect(effects).toHaveLength(Object.keys(prefixes).length);
});

test('everything else waits, and is named; control characters of names are not shown', () => {
  const { harmless, effects, modules } = divide(
    {
      prefixes: { shell: '$' },
      plugins: ['./a.ts', ['pkg\u001B[2J', {}], ['@prefish/plugin-memory', false]],
      server: 'https://x.example',
      network: 'full',
      allow: ['a.example', '*.b.example'],
      sandbox: 'none',
      carry: ['.env'],
      mounts: ['/data', { path: '/out', writable: true }],
      environment: ['TOKEN'],
    },
    '/p',
    current,
  );
  expect(harmless).toEqual({ prefixes: { shell: '$' } });
  expect(effects).toEqual([
    'load the plugin ./a.ts',
    expect.stringMatching(/^load the plugin pkg/),
    'leave out the plugin @prefish/plugin-memory',
    'send lines to https://x.example',
    'let every teleported line reach: full',
    'let teleported lines reach: a.example, *.b.example',
    'let every teleported line, an agent’s too, run without a sandbox, where none works',
    'send along .env',
    'let teleported lines read /data on this machine',
    'let teleported lines read and write /out on this machine',
    'send along the variables TOKEN',
  ]);
  expect(effects.join('')).not.toContain('\u001B');
  expect(modules).toEqual(['/p/a.ts']);
});

test('an agent is named with all that it is started with, and the mode that it works in', () => {
  const agent = {
    command: 'claude-agent-acp',
    env: { ANTHROPIC_BASE_URL: 'https://x.example' },
    mode: 'yolo',
  };
  expect(divide({ agent }, '/p', current)).toMatchObject({
    harmless: { prefixes: {} },
    effects: ['send plain text to ANTHROPIC_BASE_URL=https://x.example claude-agent-acp, in its mode yolo'],
  });
});
