import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly says?: string;
  readonly source?: string;
  readonly manifest?: object;
}

/** A package in a folder: by default a plugin whose prefix `>` says something. Its install scripts leave a witness. */
async function writePackage(home: SandboxHome, folder: string, options: Package = {}): Promise<string> {
  const { name = 'prefish-plugin-notes', version = '1.0.0', says = 'one', manifest = {} } = options;
  const path = join(home.root, folder);
  const witness = `touch ${join(home.root, 'witness')}`;
  const source = `import { definePlugin } from '@prefish/core';
    export default definePlugin({ name: '${name}', version: '${version}', api: '^1', setup(shell) {
      shell.prefix({ id: 'notes', token: '>', summary: 'Notes', run(body, { out }) {
        out.line('${says} ' + body); return { type: 'ok' };
      } });
    } });`;
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'index.js'), options.source ?? source);
  const declared = {
    name,
    version,
    type: 'module',
    exports: './index.js',
    scripts: { preinstall: witness, postinstall: witness, prepare: witness, prepack: witness },
    prefishPlugin: { prefixes: [{ id: 'notes', token: '>', summary: 'Notes' }] },
    ...manifest,
  };
  await writeFile(join(path, 'package.json'), JSON.stringify(declared));
  return path;
}

async function installedNames(home: SandboxHome): Promise<string[]> {
  const file = join(home.prefishHome, 'data', 'plugins', 'package.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return Object.keys((JSON.parse(text) as { dependencies?: object }).dependencies ?? {});
}

/** What is on disk besides the sets that are whole: empty after every command. */
async function unfinished(home: SandboxHome): Promise<string[]> {
  const names = await readdir(join(home.prefishHome, 'data', 'plugin-sets')).catch(() => []);
  return names.filter((name) => name.includes('.'));
}

test('a folder is installed as a copy, without its scripts, and taken away again', async () => {
  await using home = await sandboxHome();
  const folder = await writePackage(home, 'notes');
  const added = await home.prefish(['plugins', 'add', folder, '--yes']);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).toMatch(
    /prefish-plugin-notes 1\.0\.0\n\s+from +\S+\/notes \(folder or tarball\)\n\s+integrity +sha512-\S+\n\s+prefixes +> +notes: Notes\n/,
  );
  expect(added.stdout).toContain('Installed prefish-plugin-notes 1.0.0. Its prefixes: > (notes).');
  await rm(folder, { recursive: true });
  expect((await home.prefish(['-c', '> hi'])).stdout).toBe('one hi\n');
  const listed = (await home.prefish(['plugins', 'ls', '--json'])).json<{ name: string; origin: string }[]>();
  expect(listed).toContainEqual(
    expect.objectContaining({
      name: 'prefish-plugin-notes',
      version: '1.0.0',
      origin: 'installed',
      prefixes: ['notes'],
      tokens: { notes: ['>'] },
    }),
  );

  const removed = await home.prefish(['plugins', 'remove', 'notes', '--json']);
  expect(removed.json()).toEqual([{ name: 'prefish-plugin-notes' }]);
  expect((await home.prefish(['-c', '> hi'])).code).not.toBe(0);
  expect(await home.prefish(['plugins', 'remove', 'notes'])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('PREFISH_PLUGIN_NOT_FOUND'),
  });
  expect(await readdir(home.root)).not.toContain('witness');
  expect(await unfinished(home)).toEqual([]);
});

test.each([
  ['throws when it is imported', 'throw new Error("broken");', /is no prefish plugin: .*broken/],
  ['has no default export', 'export const a = 1;', /is no prefish plugin: .*no default export/],
  ['exports something else', 'export default { hello: 1 };', /is no prefish plugin/],
])('a package that %s is refused, and everything is as it was', async (_, source, message) => {
  await using home = await sandboxHome();
  await home.prefish(['plugins', 'add', await writePackage(home, 'notes'), '--yes']);
  const before = await readlink(join(home.prefishHome, 'data', 'plugins'));
  const other = await writePackage(home, 'other', { name: 'other', source });
  const added = await home.prefish(['plugins', 'add', other, '--yes']);
  expect(added.code).toBe(1);
  expect(added.stderr).toMatch(message);
  expect(added.stderr).toContain('PREFISH_PLUGIN_INSTALL');
  expect(await readlink(join(home.prefishHome, 'data', 'plugins'))).toBe(before);
  expect(await installedNames(home)).toEqual(['prefish-plugin-notes']);
  expect(await unfinished(home)).toEqual([]);
});

test('one whose setup fails is installed, and said to', async () => {
  await using home = await sandboxHome();
  const source = `import { definePlugin } from '@prefish/core';
    export default definePlugin({ name: 'x', api: '^1', setup() { throw new Error('needs a key'); } });`;
  const added = await home.prefish(['plugins', 'add', await writePackage(home, 'x', { source }), '--yes']);
  expect(added.stdout).toMatch(
    /but it does not load: .*needs a key \(\S+:2\)\n.*prefish plugins remove prefish-plugin-notes/,
  );
});

test('tokens that others have are shown before anything is installed', async () => {
  await using home = await sandboxHome();
  const manifest = {
    prefishPlugin: { prefixes: [{ id: 'loud', token: '!', summary: '\u001B[31mLoud' }, 'nonsense'] },
  };
  const { stdout } = await home.prefish(['plugins', 'add', await writePackage(home, 'loud', { manifest })]);
  expect(stdout).toContain('! is the token of shell (@prefish/plugin-shell) too');
  expect(stdout).toContain('prefixes: { "loud": "…" }');
  expect(stdout).not.toContain('\u001B');
});

/** A plugin `NAME` without a version, whose prefix has this token. */
function source(name: string, token: string, more = ''): string {
  return `import { definePlugin } from '@prefish/core';
    export default definePlugin({ name: '${name}', api: '^1', setup(shell) {
      ${more}
      shell.prefix({ id: '${name}', token: '${token}', summary: 'It', run(body, { out }) {
        out.line('${name} ' + body); return { type: 'ok' };
      } });
    } });`;
}

test('a token that the manifest has kept quiet about is asked about before it is taken', async () => {
  await using home = await sandboxHome();
  const loud = await writePackage(home, 'loud', { name: 'loud', source: source('loud', '!') });
  const added = await home.prefish(['plugins', 'add', loud, '--yes']);
  expect(added.code).not.toBe(0);
  expect(added.stdout).toContain('loud has ! ("loud"), which its package.json does not say: shell');
  expect(await installedNames(home)).toEqual([]);
  await using terminal = openTerminal(home, ['plugins', 'add', loud], { columns: 120 });
  await terminal.shows('whose code will run as you?');
  terminal.type('y');
  await terminal.shows('Go on all the same?');
  terminal.type('y');
  expect(await terminal.ended).toBe(0);
  expect(await installedNames(home)).toEqual(['loud']);
});

test('it is tried in a home of its own, and a word that names a folder gets a hint', async () => {
  await using home = await sandboxHome();
  const write = `(await import('node:fs')).writeFileSync(process.env.HOME + '/was-here', '');`;
  await writePackage(home, 'home/prefish-plugin-x', { name: 'x', source: `${write}${source('x', '>')}` });
  expect((await home.prefish(['plugins', 'add', './prefish-plugin-x', '--yes'])).code).toBe(0);
  expect(await readdir(home.home)).not.toContain('was-here');
  const env = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
  const word = await home.prefish(['plugins', 'add', 'prefish-plugin-x', '--yes'], { env });
  expect(word).toMatchObject({ code: 1, stderr: expect.stringContaining('plugins add ./prefish-plugin-x') });
});

test('an update that does not load leaves what there is', async () => {
  await using home = await sandboxHome();
  const folder = await writePackage(home, 'notes');
  await home.prefish(['plugins', 'add', folder, '--yes']);
  const broken = source('prefish-plugin-notes', '>', 'throw new Error("no good");');
  await writePackage(home, 'notes', { version: '1.1.0', source: broken });
  const updated = await home.prefish(['plugins', 'update', '--yes']);
  expect(updated.code).toBe(1);
  expect(updated.stderr).toMatch(/prefish-plugin-notes 1\.1\.0 does not load: .*no good/);
  expect((await home.prefish(['-c', '> hi'])).stdout).toBe('one hi\n');
});

test('what --plugin names goes before what is installed of that name, and is not replaced by it', async () => {
  await using home = await sandboxHome();
  const installed = await writePackage(home, 'notes', { source: source('notes', '>') });
  await writeFile(join(home.home, 'mine.mjs'), source('notes', '>').replace("'notes '", "'mine '"));
  await using terminal = openTerminal(home, ['--plugin', './mine.mjs'], { columns: 120, rows: 50 });
  terminal.type(`/plugins add ${installed}${keys.enter}`);
  await terminal.shows('whose code will run as you?');
  terminal.type('y');
  await terminal.shows('The next prefish has it.');
  terminal.type(`> hi${keys.enter}`);
  await terminal.shows(/^mine hi$/m);

  const list = async (...args: string[]): Promise<unknown[]> =>
    (await home.prefish([...args, 'plugins', 'ls', '--json'])).json();
  expect((await home.prefish(['--plugin', './mine.mjs', '-c', '> hi'])).stdout).toBe('mine hi\n');
  expect(await list('--plugin', './mine.mjs')).toContainEqual(
    expect.objectContaining({ name: 'notes', origin: '--plugin, in place of the installed one' }),
  );
  expect(await list()).toContainEqual(
    expect.objectContaining({ name: 'notes', origin: 'installed', version: '1.0.0' }),
  );
});

test('a new plugin gets a token that is free here, and is not written over what is there', async () => {
  await using home = await sandboxHome();
  await home.prefish(['plugins', 'add', await writePackage(home, 'notes'), '--yes']);
  const made = await home.prefish(['plugins', 'new', 'quotes']);
  expect(made.stdout).toContain('Its prefix is + ("quotes"');
  expect(made.stdout).toContain('prefish --plugin ./src/index.ts --watch');
  const again = await home.prefish(['plugins', 'new', 'quotes']);
  expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('PREFISH_SCAFFOLD_EXISTS') });
  const run = ['--plugin', './prefish-plugin-quotes/src/index.ts', '-c', '+ hello'];
  expect((await home.prefish(run)).stdout).toBe('HELLO!\n');
});

test('nobody to ask, nothing installed; nor from what cannot be installed', async () => {
  await using home = await sandboxHome();
  const folder = await writePackage(home, 'notes');
  const cases: [string[], string][] = [
    [[folder], 'PREFISH_NO_TTY'],
    [['./absent', '--yes'], 'PREFISH_PLUGIN_NOT_FOUND'],
    [['git+ssh://somewhere/notes', '--yes'], 'PREFISH_USAGE'],
    [[], 'PREFISH_USAGE'],
  ];
  for (const [words, code] of cases)
    expect((await home.prefish(['plugins', 'add', ...words])).stderr, words.join(' ')).toContain(code);
  const withoutNpm = await home.prefish(['plugins', 'add', folder, '--yes'], { env: { PATH: '/nowhere' } });
  expect(withoutNpm.stderr).toContain('npm was not found on PATH');
  expect(await installedNames(home)).toEqual([]);
  expect(await unfinished(home)).toEqual([]);
});

test('what a registry has is installed by name and range, and updated within it', async () => {
  await using home = await sandboxHome();
  const versions: Record<string, object> = {};
  const tarballs = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const tarball = tarballs.get(request.url ?? '');
    if (tarball !== undefined) return void response.end(tarball);
    if (request.url !== '/prefish-plugin-notes') return void response.writeHead(404).end('{}');
    const latest = Object.keys(versions).at(-1);
    response.end(JSON.stringify({ name: 'prefish-plugin-notes', 'dist-tags': { latest }, versions }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publish = async (version: string): Promise<void> => {
    const folder = await writePackage(home, version, { version, says: version });
    const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts'], {
      cwd: folder,
      env: home.env,
    });
    const bytes = await readFile(join(folder, stdout.trim()));
    tarballs.set(`/${version}.tgz`, bytes);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    versions[version] = { ...manifest, dist: { tarball: `${registry}/${version}.tgz`, integrity } };
  };
  const env = { npm_config_registry: registry, npm_config_prefer_online: 'true' };
  try {
    await publish('1.0.0');
    const added = await home.prefish(['plugins', 'add', 'prefish-plugin-notes', '--yes'], { env });
    expect(added.stdout).toContain(`${registry}/1.0.0.tgz (registry)`);
    expect((await home.prefish(['-c', '> hi'])).stdout).toBe('1.0.0 hi\n');
    expect((await home.prefish(['plugins', 'update', '--yes'], { env })).stdout).toContain('up to date');

    await publish('1.1.0');
    await publish('2.0.0');
    const updated = await home.prefish(['plugins', 'update', 'notes', '--yes', '--json'], { env });
    expect(updated.json()).toEqual([{ name: 'prefish-plugin-notes', from: '1.0.0', to: '1.1.0' }]);
    expect((await home.prefish(['-c', '> hi'])).stdout).toBe('1.1.0 hi\n');

    await home.prefish(['plugins', 'add', 'prefish-plugin-notes@^2', '--yes'], { env });
    expect((await home.prefish(['-c', '> hi'])).stdout).toBe('2.0.0 hi\n');
    const absent = await home.prefish(['plugins', 'add', 'prefish-plugin-absent', '--yes'], { env });
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('PREFISH_PLUGIN_INSTALL') });
    expect(await installedNames(home)).toEqual(['prefish-plugin-notes']);
    expect(await readdir(home.root)).not.toContain('witness');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a person is asked; what was added is there in the shell that runs, and what was killed leaves nothing', async () => {
  await using home = await sandboxHome();
  const folder = await writePackage(home, 'notes');
  await using terminal = openTerminal(home, [], { columns: 120, rows: 50 });
  const submit = (line: string): void => terminal.type(`${line}${keys.enter}`);
  submit(`/plugins add ${folder}`);
  await terminal.shows('Install prefish-plugin-notes, whose code will run as you?');
  terminal.type('n');
  await terminal.shows('Nothing was installed');
  expect(await installedNames(home)).toEqual([]);
  expect(await unfinished(home)).toEqual([]);

  submit(`/plugins add ${folder}`);
  await until(() => terminal.screen().match(/whose code will run as you/g)?.length === 2, 'the question');
  terminal.type('y');
  await terminal.shows('Its prefixes: > (notes)');
  submit('> hi');
  await terminal.shows('one hi');
  submit('/plugins remove notes');
  await terminal.shows('Removed prefish-plugin-notes');

  const killed = openTerminal(home, ['plugins', 'add', folder], { columns: 120 });
  await killed.shows('whose code will run as you');
  expect(await unfinished(home)).toHaveLength(1);
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  expect(await installedNames(home)).toEqual([]);
  expect((await home.prefish(['plugins', 'add', folder, '--yes'])).code).toBe(0);
  expect(await unfinished(home)).toEqual([]);
});

test('an update shows in the shell that runs: new code, and the options that the configuration has', async () => {
  await using home = await sandboxHome();
  const write = (version: string): Promise<string> =>
    writePackage(home, 'sized', {
      version,
      source: `import { definePlugin } from '@prefish/core';
        const options = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
        export default definePlugin({ name: 'prefish-plugin-notes', api: '^1', options, setup(shell) {
          shell.prefix({ id: 'notes', token: '>', summary: 'Notes', run(body, { out }) {
            out.line('${version} ' + shell.options.size); return { type: 'ok' };
          } });
        } });`,
    });
  await home.prefish(['plugins', 'add', await write('1.0.0'), '--yes']);
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ plugins: [['prefish-plugin-notes', { size: 7 }]] }),
  );
  await write('1.1.0');
  const script = await home.prefish(['--yes'], { input: '> a\n/plugins update\n> b\n' });
  expect(script.stdout).toContain('1.0.0 7');
  expect(script.stdout).toContain('1.1.0 7');
});
