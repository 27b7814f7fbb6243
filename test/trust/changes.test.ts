import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { openWitness } from './witness.ts';

const config = 'import "./lib/part.mjs";\nexport default { plugins: ["./notes.mjs"] };\n';
const plugin =
  'import "./lib/later.mjs"; export default { kind: "prefish.plugin", name: "notes", api: "^1", options: undefined, setup() {} };\n';
const files = { 'prefish.config.mjs': config, 'notes.mjs': plugin, 'lib/part.mjs': '', 'lib/later.mjs': '' };

test.each(Object.keys(files))(
  '%s changed after trust is not loaded, until it is trusted again',
  async (name) => {
    await using t = await sandboxHome();
    await using witness = await openWitness(t);
    const { path: cwd, write } = await t.repository(files);
    await t.prefish(['trust', '--yes'], { cwd });
    expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 0, stderr: '' });

    await write({ [name]: `${witness.code}\n${files[name as keyof typeof files]}` });
    const run = await t.prefish(['-c', '!true'], { cwd });
    expect(witness.seen()).toBe(false);
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has changed since it was trusted'),
    });

    const again = await t.prefish(['trust', '--yes'], { cwd });
    expect(again.stdout).toMatch(new RegExp(`${name} +\\(changed\\)`));
    expect(witness.seen()).toBe(false);
    expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(witness.seen()).toBe(true);
  },
);

test('branches that were trusted once do not ask again', async () => {
  await using t = await sandboxHome();
  const { path: cwd, git, write } = await t.repository({ 'prefish.config.mjs': 'export default {};\n' });
  await t.prefish(['trust', '--yes'], { cwd });
  await git('switch', '-qc', 'other');
  await write({ 'prefish.config.mjs': 'export default { prefixes: { shell: "$" } };\n' });
  await git('commit', '-qam', 'other');
  expect((await t.prefish(['-c', '$true'], { cwd })).code).toBe(2);
  await t.prefish(['trust', '--yes'], { cwd });
  for (const [branch, line] of [
    ['main', '!true'],
    ['other', '$true'],
    ['main', '!true'],
  ] as const) {
    await git('switch', '-q', branch);
    expect(await t.prefish(['-c', line], { cwd }), branch).toMatchObject({ code: 0, stderr: '' });
  }
});

test('what a prefix loads when it runs is refused by name, and --add is the way out', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const { path: cwd } = await t.repository({
    'prefish.config.yaml': 'plugins: [./late.mjs]\n',
    'late.mjs': `import { definePlugin } from '@prefish/core';
export default definePlugin({ name: 'late', api: '^1', setup(shell) {
  shell.prefix({ id: 'late', token: '%', summary: 'Load', async run(name) { await import('./' + name); return { type: 'ok' }; } });
} });
`,
    'computed.mjs': witness.code,
  });
  await t.prefish(['trust', '--yes'], { cwd });
  const run = await t.prefish(['-c', '%computed.mjs'], { cwd });
  expect(witness.seen()).toBe(false);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain(`${cwd}/computed.mjs is not part of what was trusted`);
  await t.prefish(['trust', '--add', 'computed.mjs', '--yes'], { cwd });
  expect(await t.prefish(['-c', '%computed.mjs'], { cwd })).toMatchObject({ code: 0 });
  expect(witness.seen()).toBe(true);
});

test("the user's own modules load unchecked, and lend that to nothing else", async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const { path: cwd, write } = await t.repository({
    'prefish.config.mjs': 'await import("./" + "part.mjs");\nexport default {};\n',
    'part.mjs': witness.code,
  });
  await t.prefish(['trust', '--yes'], { cwd });
  await write({
    'mine.mjs':
      "import { definePlugin } from '@prefish/core'; import './mine-too.mjs';\nexport default definePlugin({ name: 'mine', api: '^1', setup() {} });\n",
    'mine-too.mjs': '',
  });
  mkdirSync(join(t.prefishHome, 'config'), { recursive: true });
  writeFileSync(
    join(t.prefishHome, 'config', 'prefish.config.mjs'),
    "import { defineConfig } from '@prefish/core';\nexport default defineConfig({});\n",
  );
  const run = await t.prefish(['--plugin', './mine.mjs', '-c', '!true'], { cwd });
  expect(run.stderr).toContain(`${cwd}/part.mjs is not part of what was trusted`);
  expect(witness.seen()).toBe(false);
  await t.prefish(['trust', '--add', 'part.mjs', '--yes'], { cwd });
  const after = await t.prefish(['--plugin', './mine.mjs', '-c', '!true'], { cwd });
  expect(after).toMatchObject({ code: 0, stderr: '' });
  expect(witness.seen()).toBe(true);
});

test('trust is listed, and taken back from any folder below', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({
    'prefish.config.mjs': 'export default {};\n',
    'sub/a': '',
  });
  const listed = async (): Promise<unknown> => (await t.prefish(['trust', '--list', '--json'])).json();
  expect(await listed()).toEqual({ folders: [] });
  await t.prefish(['trust', '--yes', '--json'], { cwd });
  expect(await listed()).toMatchObject({
    folders: [{ root: cwd, grants: [{ effects: ['run prefish.config.mjs'] }] }],
  });
  expect((await t.prefish(['trust'], { cwd })).stdout).toContain('trusted already');
  expect(await t.prefish(['trust', '--revoke', join(cwd, 'sub')])).toMatchObject({ code: 0 });
  expect(await listed()).toEqual({ folders: [] });
  expect((await t.prefish(['-c', '!true'], { cwd })).code).toBe(2);
});

test('a plugin that is a package of the repository itself is checked like its other files', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const { path: cwd, write } = await t.repository({
    'prefish.config.yaml': 'plugins: [prefish-plugin-own]\n',
    'packages/own/package.json': '{"name":"prefish-plugin-own","exports":"./index.mjs"}',
    'packages/own/index.mjs': plugin.replace('./lib/later.mjs', './part.mjs'),
    'packages/own/part.mjs': '',
  });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync('../packages/own', join(cwd, 'node_modules', 'prefish-plugin-own'));
  await t.prefish(['trust', '--yes'], { cwd });
  expect(await t.prefish(['-c', '!true'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  await write({ 'packages/own/part.mjs': witness.code });
  expect((await t.prefish(['-c', '!true'], { cwd })).code).toBe(2);
  expect(witness.seen()).toBe(false);
});

test('a folder is the same by whatever way one gets there', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'prefish.config.mjs': 'export default {};\n', 'sub/a': '' });
  symlinkSync(cwd, join(t.root, 'link'));
  await t.prefish(['trust', join(t.root, 'link', 'sub'), '--yes']);
  for (const folder of [cwd, join(cwd, 'sub'), join(t.root, 'link'), join(t.root, 'link', 'sub')]) {
    expect((await t.prefish(['--cwd', folder, '-c', '!true'])).code, folder).toBe(0);
  }
});

test('where nothing asks for trust there is nothing to trust', async () => {
  await using t = await sandboxHome();
  const { path: cwd, write } = await t.repository({ a: '' });
  expect(await t.prefish(['trust'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no configuration'),
  });
  await write({ 'prefish.config.json': '{"prefixes":{"shell":["!","$"]}}' });
  expect(await t.prefish(['trust'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no configuration'),
  });
  expect(await t.prefish(['-c', '$echo ran'], { cwd })).toMatchObject({ code: 0, stdout: 'ran\n' });
  expect((await t.prefish(['trust', '/nowhere'])).stderr).toContain('PREFISH_NOT_A_FOLDER');
});
