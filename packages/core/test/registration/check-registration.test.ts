import { describe, expect, test } from 'vitest';
import { plugin, startShell } from '../start-shell.ts';

const run = (): object => ({ type: 'ok' });
const prefix = { id: 'x', token: '%', summary: 'X', run };
const command = { name: 'x', summary: 'X', run };
const action = { name: 'x', summary: 'X', run };
const source = { id: 'x', title: 'X', list: async () => ({ tasks: [] }), get: async () => undefined };

describe('a registration whose optional parts are unfit', () => {
  test.each([
    ['prefix', 'examples', { ...prefix, examples: 5 }],
    ['prefix', 'examples', { ...prefix, examples: [null] }],
    ['prefix', 'args', { ...prefix, args: { x: null } }],
    ['prefix', 'args', { ...prefix, args: 'x' }],
    ['prefix', 'args', { ...prefix, args: { x: { type: 'number' } } }],
    ['prefix', 'complete', { ...prefix, complete: ['a'] }],
    ['prefix', 'teleport', { ...prefix, teleport: { network: 'open' } }],
    ['prefix', 'teleport', { ...prefix, teleport: true }],
    ['prefix', 'teleport', { ...prefix, teleport: null }],
    ['prefix', 'teleport', { ...prefix, teleport: { binaries: 'git' } }],
    ['prefix', 'teleport', { ...prefix, teleport: { secrets: [5] } }],
    ['prefix', 'teleport', { ...prefix, teleport: { contained: 'yes' } }],
    ['prefix', 'teleport', { ...prefix, teleport: { prepare: {} } }],
    ['prefix', 'teleport', { ...prefix, teleport: { label: 'X' } }],
    ['command', 'positionals', { ...command, positionals: 'x' }],
    ['command', 'positionals', { ...command, positionals: [{}] }],
    ['command', 'aliases', { ...command, aliases: 5 }],
    ['command', 'args', { ...command, args: { x: { type: 'string', default: 5 } } }],
    ['command', 'args', { ...command, args: { x: { type: 'string', short: 'xy' } } }],
    ['command', 'args', { ...command, args: { x: { type: 'string', summary: 5 } } }],
    ['command', 'subcommands', { ...command, subcommands: {} }],
    ['command', 'null', { ...command, subcommands: [null] }],
    ['command', '"x y".*examples', { ...command, subcommands: [{ ...command, name: 'y', examples: 5 }] }],
    ['command', '"x y".*without run', { ...command, subcommands: [{ name: 'y', summary: 'Y' }] }],
    ['tasks', 'null', { ...source, actions: [null] }],
    ['tasks', '"x x".*without run', { ...source, actions: [{ ...action, run: undefined }] }],
    ['tasks', '"x x".*positionals', { ...source, actions: [{ ...action, positionals: 'ID' }] }],
    ['tasks', 'watch', { ...source, actions: [], watch: true }],
  ] as const)('%s: %s', async (method, what, value) => {
    const hasty = plugin('hasty', (shell) => (shell[method] as (given: unknown) => void)(value));
    await using t = await startShell([hasty]);
    expect(t.events).toMatchObject([
      {
        type: 'error',
        code: 'PREFISH_PLUGIN_INVALID',
        plugin: 'hasty',
        message: expect.stringMatching(new RegExp(`^hasty registers .*${what}`)),
      },
    ]);
    expect([t.shell.prefixes, t.shell.commands, t.shell.tasks.sources]).toEqual([[], [], []]);
  });

  test('is taken when all is well, and sub-commands that are known later are not asked for yet', async () => {
    const good = plugin('good', (shell) => {
      shell.prefix({
        ...prefix,
        examples: ['% x'],
        args: {
          loud: { type: 'boolean', default: false },
          to: { type: 'string', multiple: true, default: ['x'] },
        },
        teleport: {
          network: 'none',
          binaries: ['git'],
          secrets: [],
          contained: true,
          label: (body: string) => body,
          prepare: () => ({}),
        },
        complete: () => [],
      } as never);
      shell.command({
        ...command,
        aliases: ['y'],
        positionals: [{ name: 'ID', optional: true }],
        get subcommands(): never {
          throw new Error('not yet');
        },
      } as never);
      shell.tasks({ ...source, actions: [{ ...action, key: 'x', applies: () => true }] } as never);
    });
    await using t = await startShell([good]);
    expect(t.events).toEqual([]);
  });
});
