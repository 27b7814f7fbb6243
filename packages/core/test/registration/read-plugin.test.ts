import { describe, expect, test } from 'vitest';
import { definePlugin, type PluginShell } from '../../src/index.ts';
import { readPlugin } from '../../src/registration/read-plugin.ts';

const setup = (): void => {};
const made = { kind: 'prefish.plugin', name: 'notes', api: '^1', options: {}, setup };

describe('a plugin', () => {
  test('is read with what it has, and nothing more', () => {
    const { setup: called, ...read } = readPlugin({ ...made, version: '2.1.0', extra: 1 });
    expect(read).toEqual({ kind: 'prefish.plugin', name: 'notes', api: '^1', options: {}, version: '2.1.0' });
    expect(called).toBeTypeOf('function');
    expect(readPlugin(made)).not.toHaveProperty('version');
    expect(readPlugin(made)).not.toHaveProperty('schema');
    expect(readPlugin({ ...made, version: 2 })).not.toHaveProperty('version');
    const schema = { '~standard': {} };
    expect(readPlugin({ ...made, schema }).schema).toBe(schema);
    expect(readPlugin(definePlugin({ name: 'a', api: '^1', setup })()).name).toBe('a');
  });

  test('is looked at once, and set up as the object that it is', () => {
    let looks = 0;
    const shells: unknown[] = [];
    const notes = {
      ...made,
      get name() {
        return looks++ === 0 ? 'notes' : 'another';
      },
      setup(shell: PluginShell) {
        shells.push(this, shell);
      },
    };
    const read = readPlugin(notes);
    expect([read.name, read.name]).toEqual(['notes', 'notes']);
    const shell = {} as never;
    void read.setup(shell);
    expect(shells).toEqual([notes, shell]);
  });
});

const hostile = {
  get kind() {
    throw new Error('do not look');
  },
};

test.each([
  ['a factory', definePlugin({ name: 'a', api: '^1', setup }), 'a function (call it to get the plugin)'],
  ['a name', '@acme/notes', '"@acme/notes"'],
  ['null', null, 'null'],
  ['nothing', undefined, 'undefined'],
  ['an object of another kind', { ...made, kind: 'vite.plugin' }, 'object'],
  ['one without a setup', { ...made, setup: undefined }, 'object'],
  ['one that throws when looked at', hostile, 'object'],
  ['one without a name', { ...made, name: '' }, 'it has no name'],
  ['one whose name is no text', { ...made, name: 3 }, 'it has no name'],
])('%s is none', (_what, value, said) => {
  expect(() => readPlugin(value)).toThrow(
    expect.objectContaining({
      code: 'PREFISH_PLUGIN_INVALID',
      message: `This is no plugin: ${said}`,
      hint: expect.stringContaining('definePlugin()'),
    }),
  );
});

test('the error that a plugin threw when it was looked at is the cause', () => {
  expect(() => readPlugin(hostile)).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ message: 'do not look' }) }),
  );
});

test('one that does not say its API is named', () => {
  expect(() => readPlugin({ ...made, api: undefined })).toThrow(
    expect.objectContaining({
      code: 'PREFISH_PLUGIN_INVALID',
      plugin: 'notes',
      message: expect.stringContaining('notes does not say'),
      hint: expect.stringContaining("api: '^1'"),
    }),
  );
});
