import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { openWitness } from './witness.ts';

/** A plugin of the user whose prefix keeps what follows its token. */
const notes = `import { definePlugin } from '@prefish/core';
export default definePlugin({ name: 'notes', api: '^1', setup(shell) {
  shell.prefix({ id: 'notes', token: '>', summary: 'Keep a note', run: (body, { out }) => { out.line('noted: ' + body); return { type: 'ok' }; } });
} });
`;

function configure(t: SandboxHome, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(t.prefishHome, 'config', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

describe('a project that nobody trusts takes no line from a plugin of the user', () => {
  test.each([
    ['by the same token', { shell: ['!', '>'] }, '> touch pwned', 'noted: touch pwned\n'],
    ['by a longer one', { shell: ['!', '>touch'] }, '>touch pwned', 'noted: touch pwned\n'],
  ])('%s', async (_, prefixes, line, stdout) => {
    await using t = await sandboxHome();
    configure(t, { 'notes.mjs': notes, 'prefish.config.json': '{ "plugins": ["./notes.mjs"] }' });
    const { path: cwd } = await t.repository({ '.prefishrc.json': JSON.stringify({ prefixes }) });
    const run = await t.prefish(['-c', line], { cwd });
    expect(run).toMatchObject({ code: 0, stdout, stderr: expect.stringContaining('.prefishrc.json gives') });
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
    expect(await t.prefish(['-c', '!echo ran'], { cwd })).toMatchObject({ code: 0, stdout: 'ran\n' });
  });

  test.each([
    ['by moving it away', { notes: '^' }],
    ['by giving the agent a token', { agent: '>>' }],
  ])('%s', async (_, prefixes) => {
    await using t = await sandboxHome();
    configure(t, { 'notes.mjs': notes, 'prefish.config.json': '{ "plugins": ["./notes.mjs"] }' });
    const { path: cwd } = await t.repository({ '.prefishrc.json': JSON.stringify({ prefixes }) });
    const run = await t.prefish(['-c', '> my secret'], { cwd });
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('PREFISH_UNTRUSTED') });
    const explained = await t.prefish(['explain', '--json', '> my secret'], { cwd });
    expect(explained.json()).toMatchObject({ prefix: { id: 'notes', token: '>' } });
  });
});

test('what lies below node_modules configures nothing, whatever was trusted around it', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const evil = `${witness.code}\nexport default {};\n`;
  const { path: root } = await t.repository({
    'prefish.config.mjs': 'export default {};\n',
    'node_modules/evil/prefish.config.mjs': evil,
    'node_modules/data/.prefishrc': 'plugins: [./evil.mjs]\n',
    'node_modules/data/evil.mjs': witness.plugin,
  });
  await t.prefish(['trust', '--yes'], { cwd: root });
  for (const name of ['evil', 'data']) {
    const cwd = join(root, 'node_modules', name);
    expect(await t.prefish(['-c', '!echo ran'], { cwd })).toMatchObject({ code: 0, stdout: 'ran\n' });
    await t.prefish(['trust', '--yes'], { cwd });
    await t.prefish(['-c', '!true'], { cwd });
    expect(witness.seen(), name).toBe(false);
  }
});

test('a plugin that is named by its file in node_modules is part of what is trusted', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const { path: cwd, write } = await t.repository({
    'prefish.config.json': '{ "plugins": ["./node_modules/evil/index.mjs"] }',
    'node_modules/evil/index.mjs':
      'export default { kind: "prefish.plugin", name: "evil", api: "^1", options: undefined, setup() {} };\n',
  });
  expect((await t.prefish(['trust', '--yes'], { cwd })).stdout).toContain('node_modules/evil/index.mjs');
  expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  await write({ 'node_modules/evil/index.mjs': witness.plugin });
  expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 2 });
  expect(witness.seen()).toBe(false);
});

test('a module that the user names too is not the repository’s to choose', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const module = (source: string) => ({
    'node_modules/shared/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/shared/index.js': source,
  });
  const harmless = witness.plugin.replace(witness.code, '').replace('evil', 'shared');
  configure(t, { 'prefish.config.json': '{ "plugins": ["shared"] }', ...module(harmless) });
  const { path: cwd } = await t.repository({
    'prefish.config.json': '{ "plugins": ["shared"] }',
    ...module(witness.plugin),
  });
  await t.prefish(['trust', '--yes'], { cwd });
  expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  expect(witness.seen()).toBe(false);
});

test('a relative PREFISH_CONFIG would make the repository’s file the user’s own, and is refused', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const { path: cwd } = await t.repository({ 'mine.mjs': `${witness.code}\nexport default {};\n` });
  const env = { PREFISH_CONFIG: 'mine.mjs' };
  expect(await t.prefish(['-c', '!true'], { cwd, env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PREFISH_CONFIG is a relative path: mine.mjs'),
  });
  expect(witness.seen()).toBe(false);
  await t.prefish(['-c', '!true'], { cwd, env: { PREFISH_CONFIG: join(cwd, 'mine.mjs') } });
  expect(witness.seen()).toBe(true);
});

test('--plugin NAME does not mean the package of that name that a repository brings along', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const file = 'node_modules/notes/index.js';
  const { path: cwd } = await t.repository({
    'node_modules/notes/package.json': '{ "type": "module", "exports": "./index.js" }',
    [file]: witness.plugin,
  });
  const run = await t.prefish(['--plugin', 'notes', '-c', '!true'], { cwd });
  expect(run.stderr).toContain(`name its file: --plugin ${join(cwd, file)}`);
  expect(run.code).toBe(2);
  expect(witness.seen()).toBe(false);
  await t.prefish(['--plugin', `./${file}`, '-c', '!true'], { cwd });
  expect(witness.seen()).toBe(true);
});

test('a relative HOME is no home, and nothing hangs', async () => {
  await using t = await sandboxHome();
  // Outside of a repository, the way up goes on to the root.
  const cwd = t.root;
  const run = await t.prefish(['-c', '!echo ran'], { cwd, env: { HOME: 'home' }, timeout: 10_000 });
  expect(run).toMatchObject({ code: 0, stdout: 'ran\n' });
});

test('a prefix may be called as what every object has', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ '.prefishrc': 'prefixes: { toString: "%" }\n' });
  const run = await t.prefish(['-c', '!true'], { cwd });
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('give "toString" the token %') });
  configure(t, { 'prefish.config.yaml': 'prefixes: { toString: "%" }\n' });
  expect(await t.prefish(['-c', '!echo ran'])).toMatchObject({ code: 0, stdout: 'ran\n' });
});

test('trust --add of a file that is not there is a mistake in the command', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'prefish.config.mjs': 'export default {};\n' });
  const run = await t.prefish(['trust', '--add', 'nope.ts', '--yes'], { cwd });
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(`--add ${join(cwd, 'nope.ts')}: there is no such file`);
});
