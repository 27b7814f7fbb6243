import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTrust } from '../../src/trust/create-trust.ts';
import { project, type Project } from './take-steps.ts';

const trustOf = (p: Project) => createTrust({ data: p.data });

test('a folder is unknown, then trusted, and changed when a file or what it imports has changed', async () => {
  using p = project({ 'c.json': '{"plugins":["./a.ts"]}', 'a.ts': 'import "./b.ts"', 'b.ts': '' });
  const trust = trustOf(p);
  const check = () => trust.check(p.request(['c.json', 'a.ts']));
  expect(await check()).toBe('unknown');
  await trust.grant(p.request(['c.json', 'a.ts']));
  expect(await check()).toBe('trusted');
  for (const name of ['c.json', 'a.ts', 'b.ts']) {
    const before = readFileSync(p.path(name));
    p.write({ [name]: '// changed' });
    expect(await check(), name).toBe('changed');
    p.write({ [name]: before });
    expect(await check(), name).toBe('trusted');
  }
  p.write({ 'sub/c.json': '{"plugins":["../a.ts"]}' });
  expect(await trust.check(p.request(['sub/c.json']))).toBe('unknown');
});

test('contents that were trusted once are known, in whatever order branches come', async () => {
  using p = project();
  const trust = trustOf(p);
  for (const branch of ['one', 'two', 'three']) {
    p.write({ 'c.mjs': `// ${branch}` });
    await trust.grant(p.request(['c.mjs']));
  }
  for (const branch of ['two', 'one', 'three']) {
    p.write({ 'c.mjs': `// ${branch}` });
    expect(await trust.check(p.request(['c.mjs']))).toBe('trusted');
  }
});

test('the last twenty contents are kept', async () => {
  using p = project();
  const trust = trustOf(p);
  for (let n = 0; n < 21; n++) {
    p.write({ 'c.mjs': `// ${n}` });
    await trust.grant(p.request(['c.mjs']));
  }
  expect((await trust.list())[0]!.grants).toHaveLength(20);
  p.write({ 'c.mjs': '// 0' });
  expect(await trust.check(p.request(['c.mjs']))).toBe('changed');
});

test('"never" is remembered for that content, and a later yes wins', async () => {
  using p = project({ 'c.mjs': '// 1' });
  const trust = trustOf(p);
  await trust.decline(p.request(['c.mjs']));
  expect(await trust.check(p.request(['c.mjs']))).toBe('declined');
  expect(await trust.list()).toEqual([]);
  p.write({ 'c.mjs': '// 2' });
  expect(await trust.check(p.request(['c.mjs']))).toBe('unknown');
  p.write({ 'c.mjs': '// 1' });
  await trust.grant(p.request(['c.mjs']));
  expect(await trust.check(p.request(['c.mjs']))).toBe('trusted');
  expect(await trust.revoke(p.root)).toBe(true);
  expect(await trust.revoke(p.root)).toBe(false);
  expect(await trust.check(p.request(['c.mjs']))).toBe('unknown');
});

test('what is granted is what was read, not what is there by then', async () => {
  using p = project({ 'c.mjs': '// shown' });
  const trust = trustOf(p);
  const request = p.request(['c.mjs']);
  await trust.inspect(request);
  p.write({ 'c.mjs': '// swapped' });
  await trust.grant(request);
  expect(await trust.check(p.request(['c.mjs']))).toBe('changed');
});

test('bytes that were read already are judged in place of the file', async () => {
  using p = project({ 'c.json': '{"server":"https://other"}' });
  const trust = trustOf(p);
  const contents = new Map([[p.path('c.json'), Buffer.from('{"server":"https://mine"}')]]);
  await trust.grant(p.request(['c.json'], { contents }));
  expect(await trust.check(p.request(['c.json'], { contents }))).toBe('trusted');
  expect(await trust.check(p.request(['c.json']))).toBe('changed');
});

test('of a package.json only the part for prefish counts', async () => {
  using p = project({ 'package.json': '{"version":"1","prefish":{"network":"full"}}' });
  const trust = trustOf(p);
  await trust.grant(p.request(['package.json']));
  p.write({ 'package.json': '{"version":"2","prefish":{"network":"full"}}' });
  expect(await trust.check(p.request(['package.json']))).toBe('trusted');
  p.write({ 'package.json': '{"version":"2","prefish":{"network":"none"}}' });
  expect(await trust.check(p.request(['package.json']))).toBe('changed');
});

test('one file has one name, whichever links lead to it', async () => {
  using p = project({ 'c.mjs': 'import "./a.mjs"', 'a.mjs': '' });
  symlinkSync('c.mjs', p.path('link.mjs'));
  const trust = trustOf(p);
  await trust.grant(p.request(['link.mjs']));
  expect((await trust.list())[0]!.grants[0]!.files).toEqual({
    'a.mjs': expect.any(String),
    'c.mjs': expect.any(String),
  });
});

test.each<[string, (p: Project) => void]>([
  ['a pipe', (p) => execFileSync('mkfifo', [p.path('a.mjs')])],
  ['a folder', (p) => mkdirSync(p.path('a.mjs'))],
  ['nothing', () => {}],
  ['a dangling link', (p) => symlinkSync('nowhere', p.path('a.mjs'))],
  ['a device', (p) => symlinkSync('/dev/zero', p.path('a.mjs'))],
  [
    'an endless file',
    (p) => {
      writeFileSync(p.path('a.mjs'), '');
      truncateSync(p.path('a.mjs'), 1024 ** 3);
    },
  ],
])('%s in the place of a plugin is refused by name', async (_, make) => {
  using p = project({ 'c.json': '{}' });
  make(p);
  const refused = expect.objectContaining({ code: 'PREFISH_CONFIG_UNREADABLE' });
  await expect(trustOf(p).check(p.request(['c.json', 'a.mjs']))).rejects.toEqual(refused);
  await expect(trustOf(p).inspect(p.request(['c.json', 'a.mjs']))).rejects.toEqual(refused);
});

test('a scan ends: circles, and more files than anybody would look at', async () => {
  using p = project({ 'a.mjs': 'import "./b.mjs"', 'b.mjs': 'import "./a.mjs"' });
  expect((await trustOf(p).inspect(p.request(['a.mjs']))).files).toHaveLength(2);
  const names = Array.from({ length: 2_001 }, (_, n) => `m${n}.mjs`);
  p.write(Object.fromEntries(names.map((name) => [name, ''])));
  p.write({ 'many.mjs': names.map((name) => `import './${name}';`).join('') });
  await expect(trustOf(p).inspect(p.request(['many.mjs']))).rejects.toThrow('more than 2,000 files');
});

test('what cannot be parsed counts with its content, and the question says so', async () => {
  using p = project({
    'syntax.mjs': 'import "./a.mjs" is not JavaScript',
    'deep.mjs': `${'('.repeat(200_000)}${')'.repeat(200_000)}`,
    'deep.ts': `let x: ${'('.repeat(50_000)}`,
    'bytes.mjs': Buffer.from([0xff, 0xfe, 0x00]),
  });
  const names = ['syntax.mjs', 'deep.mjs', 'deep.ts', 'bytes.mjs'];
  const { files, remarks } = await trustOf(p).inspect(p.request(names));
  expect(files.map(({ path }) => path)).toEqual(names.map((name) => p.path(name)));
  for (const [index, name] of names.entries()) expect(remarks[index]).toContain(`${name} cannot be parsed`);
});

test('a script that loads more than anybody could look at is refused', async () => {
  using p = project();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.json`);
  for (const name of names) {
    writeFileSync(p.path(name), '');
    truncateSync(p.path(name), 9 * 1024 ** 2);
  }
  await expect(trustOf(p).inspect(p.request(names))).rejects.toThrow('more than 50 MB');
});

test('the store is private, and names of objects are names like any other', async () => {
  using p = project({ ['__proto__']: '1', constructor: '2' });
  const trust = trustOf(p);
  const check = () => trust.check(p.request(['__proto__', 'constructor']));
  await trust.grant(p.request(['__proto__', 'constructor']));
  expect(await check()).toBe('trusted');
  p.write({ ['__proto__']: 'changed' });
  expect(await check()).toBe('changed');
  expect(statSync(join(p.data, 'trust.json')).mode & 0o777).toBe(0o600);
});

test('a store that cannot be understood trusts nothing and says so', async () => {
  using p = project({ 'c.mjs': '' });
  mkdirSync(p.data);
  for (const text of ['{', '{"version":2}', '{"version":1,"folders":[{"root":"/","grants":[{}]}]}']) {
    writeFileSync(join(p.data, 'trust.json'), text);
    await expect(trustOf(p).check(p.request(['c.mjs']))).rejects.toMatchObject({
      code: 'PREFISH_CONFIG_UNREADABLE',
      hint: expect.stringContaining('Remove it'),
    });
  }
});

test('answers given at the same time are all kept', async () => {
  using p = project({ 'a.mjs': '', 'b.mjs': '', 'c.mjs': '' });
  const names = ['a.mjs', 'b.mjs', 'c.mjs'];
  await Promise.all(names.map((name) => trustOf(p).grant(p.request([name]))));
  for (const name of names) expect(await trustOf(p).check(p.request([name]))).toBe('trusted');
});
