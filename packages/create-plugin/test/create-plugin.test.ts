import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import own from '../package.json' with { type: 'json' };
import { createPlugin, nextSteps } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Manifest {
  overrides?: Record<string, string>;
  name: string;
  description: string;
  prefishPlugin: { prefixes: unknown[] };
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

test('a plugin of that name, whose prefix has a token that nobody has', async () => {
  await using place = await temporaryFolder();
  const made = await createPlugin({ name: 'notes', cwd: place.path, taken: [{ id: 'quote', token: '+' }] });
  const folder = join(place.path, 'prefish-plugin-notes');
  expect(made).toMatchObject({ name: 'prefish-plugin-notes', id: 'notes', token: '=', chosen: true, folder });
  expect((await readdir(folder)).sort()).toEqual([
    '.gitignore',
    '.npmrc',
    '.oxlintrc.json',
    'README.md',
    'package.json',
    'src',
    'test',
    'tsconfig.build.json',
    'tsconfig.json',
  ]);
  const { name, prefishPlugin, peerDependencies, devDependencies } = await manifestOf(folder);
  expect(name).toBe('prefish-plugin-notes');
  expect(prefishPlugin.prefixes).toEqual([{ id: 'notes', token: '=', summary: 'Say it loudly' }]);
  expect(peerDependencies['@prefish/core']).toBe(`^${own.version}`);
  expect(devDependencies['@prefish/testing']).toBe(`^${own.version}`);
  for (const file of made.files)
    expect(await readFile(join(folder, file), 'utf8'), file).not.toMatch(
      /prefish-plugin-example|example-id|%%|0\.0\.0-running/,
    );
  expect(await readdir(place.path), 'nothing else').toEqual(['prefish-plugin-notes']);
});

test.each([
  ['notes', 'prefish-plugin-notes', 'prefish-plugin-notes'],
  ['prefish-plugin-notes', 'prefish-plugin-notes', 'prefish-plugin-notes'],
  ['@me/notes', '@me/prefish-plugin-notes', 'prefish-plugin-notes'],
  ['@me/prefish-plugin-notes', '@me/prefish-plugin-notes', 'prefish-plugin-notes'],
])('the name %s', async (given, name, folder) => {
  await using place = await temporaryFolder();
  const made = await createPlugin({ name: given, cwd: place.path });
  expect(made).toMatchObject({ name, id: 'notes', folder: join(place.path, folder) });
});

test.each([
  ['Notes'],
  ['a b'],
  ['../notes'],
  ['./notes'],
  [''],
  ['prefish-plugin-'],
  ['a'.repeat(300)],
  ['@me/'],
  ['shell'],
])('no plugin can be named %j', async (name) => {
  await using place = await temporaryFolder();
  await expect(createPlugin({ name, cwd: place.path })).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
    hint: expect.any(String),
  });
  expect(await readdir(place.path)).toEqual([]);
});

test('two plugins that are made one after the other begin their lines differently', async () => {
  await using place = await temporaryFolder();
  const names = ['notes', 'greet', 'weather'];
  const made = await Promise.all(names.map((name) => createPlugin({ name, cwd: place.path })));
  expect(new Set(made.map(({ token }) => token)).size).toBe(3);
  const again = await createPlugin({ name: 'notes', cwd: place.path, dir: 'again' });
  expect(again.token).toBe(made[0]!.token);
});

test('what to type next names the token, and how to have another', async () => {
  await using place = await temporaryFolder();
  const chosen = nextSteps(await createPlugin({ name: 'notes', cwd: place.path }), place.path);
  expect(chosen).toMatch(/Its prefix is \+ \("notes"; --token chooses another\)/);
  // These tests run in a clone, whose packages need not be on a registry.
  expect(chosen).toContain('npm run pack');
  const named = await createPlugin({ name: 'greet', cwd: place.path, token: '@' });
  expect(nextSteps(named, place.path)).toContain('Its prefix is @ ("greet"). Next:');
});

test('with packed packages, everything of prefish comes from these', async () => {
  await using place = await temporaryFolder();
  const packed = join(place.path, 'packed');
  await mkdir(packed);
  const tarballs = { '@prefish/core': 'core.tgz', '@prefish/protocol': 'protocol.tgz' };
  await writeFile(join(packed, 'tarballs.json'), JSON.stringify(tarballs));
  const made = await createPlugin({ name: 'notes', cwd: place.path, packed: 'packed' });
  const { devDependencies, peerDependencies, overrides } = await manifestOf(made.folder);
  expect(devDependencies['@prefish/core']).toBe(`file:${join(packed, 'core.tgz')}`);
  expect(devDependencies['vitest']).toMatch(/^\^/);
  expect(overrides).toEqual({
    '@prefish/core': '$@prefish/core',
    '@prefish/protocol': `file:${join(packed, 'protocol.tgz')}`,
  });
  expect(peerDependencies['@prefish/core'], 'what is published').toBe(`^${own.version}`);
  expect(nextSteps(made, place.path)).not.toContain('npm run pack');
});

test('a folder without packed packages is refused, with how to make some', async () => {
  await using place = await temporaryFolder();
  await expect(createPlugin({ name: 'notes', cwd: place.path, packed: '.' })).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
    hint: expect.stringContaining('npm run pack'),
  });
  expect(await readdir(place.path)).toEqual([]);
});

test.each([["'"], ['"'], ['`'], ['$&'], ['??'], ['🦊'], ["'\\'"]])(
  'the token %s arrives as it is in every kind of file',
  async (token) => {
    await using place = await temporaryFolder();
    const { folder } = await createPlugin({ name: 'notes', cwd: place.path, token, dir: 'here' });
    expect(folder).toBe(join(place.path, 'here'));
    const { description, prefishPlugin } = await manifestOf(folder);
    expect(prefishPlugin.prefixes).toMatchObject([{ token }]);
    expect(description).toContain(`: ${token} says`);
    const source = await readFile(join(folder, 'src', 'index.ts'), 'utf8');
    const literal = /token: ('(?:[^'\\]|\\.)*'),/.exec(source)![1]!;
    expect(literal.slice(1, -1).replaceAll(/\\(.)/g, '$1')).toBe(token);
  },
);

test.each([['!'], ['/x'], ['\\'], ['a b'], [''], ['\u001B']])('the token %j is refused', async (token) => {
  await using place = await temporaryFolder();
  await expect(createPlugin({ name: 'notes', cwd: place.path, token })).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
  });
  expect(await readdir(place.path)).toEqual([]);
});

test('a folder that is not empty, and a file, stay as they are', async () => {
  await using place = await temporaryFolder();
  await mkdir(join(place.path, 'full'));
  await writeFile(join(place.path, 'full', 'mine'), 'mine');
  await writeFile(join(place.path, 'file'), 'mine');
  for (const dir of ['full', 'file', 'file/below']) {
    await expect(createPlugin({ name: 'notes', cwd: place.path, dir }), dir).rejects.toMatchObject({
      code: 'PREFISH_SCAFFOLD_EXISTS',
      exitCode: 5,
    });
  }
  expect((await readdir(place.path, { recursive: true })).sort()).toEqual(['file', 'full', 'full/mine']);
});

test('an empty folder is filled, and stays the same folder', async () => {
  await using place = await temporaryFolder();
  await mkdir(join(place.path, 'empty'));
  const { ino } = await stat(join(place.path, 'empty'));
  const { folder } = await createPlugin({ name: 'notes', cwd: join(place.path, 'empty'), dir: '.' });
  expect((await stat(folder)).ino).toBe(ino);
  expect(await readdir(folder)).toContain('package.json');
  expect(await readdir(place.path)).toEqual(['empty']);
});

test('where nothing can be written, nothing is left', async () => {
  await using place = await temporaryFolder();
  const file = join(place.path, 'file');
  await writeFile(file, '');
  await expect(createPlugin({ name: 'notes', cwd: file })).rejects.toThrow();
  await expect(createPlugin({ name: 'notes', cwd: place.path, dir: 'n'.repeat(260) })).rejects.toThrow();
  expect(await readdir(place.path)).toEqual(['file']);
});
