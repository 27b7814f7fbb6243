import { execFile } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { strangerEnvironment } from '../support/nodes.ts';
import { packedWorkspace, type PackedWorkspace } from '../support/packed.ts';

const run = promisify(execFile);
let packed: PackedWorkspace;
let root: string;
let plugin: string;

/** Runs a program as a stranger would: in the plugin's folder, with nothing of this workspace around. */
async function as(command: string, args: readonly string[], cwd = plugin): Promise<string> {
  const env = strangerEnvironment();
  try {
    const running = run(command, args, { cwd, env, timeout: 25_000 });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return stdout === '' ? stderr : stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** The files in a tarball, as npm installs them. */
async function contentsOf(path: string): Promise<string[]> {
  const names = (await as('tar', ['-tzf', path])).trim().split('\n');
  return names.map((name) => name.replace('package/', '')).sort();
}

beforeAll(async () => {
  packed = await packedWorkspace();
  root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-scaffold-')));
  plugin = join(root, 'prefish-plugin-notes');
});

afterAll(() => rm(root, { recursive: true, force: true }));

test('npm create makes a plugin that installs, builds, tests, lints, packs and runs at once', async () => {
  const made = await as(
    'npm',
    [
      'exec',
      '--prefer-offline',
      '--yes',
      '--package',
      packed.tarballs['create-prefish-plugin']!,
      '--',
      'create-prefish-plugin',
      'notes',
      '--packed',
      packed.folder,
    ],
    root,
  );
  expect(made).toContain('cd prefish-plugin-notes');

  const token = /Its prefix is (\S+) /.exec(made)![1]!;
  await as('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund']);
  await Promise.all(['build', 'check', 'lint'].map((script) => as('npm', ['run', script])));
  expect(await as('npm', ['test'])).toMatch(/3 passed/);
  expect((await readdir(join(plugin, 'dist'))).sort()).toEqual(['index.d.ts', 'index.js']);

  const tarball = (await as('npm', ['pack', '--silent', '--ignore-scripts'])).trim();
  expect(await contentsOf(join(plugin, tarball))).toEqual([
    'README.md',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ]);

  await using home = await sandboxHome();
  const fromSource = await home.prefish(['--plugin', './src/index.ts', '-c', `${token} hello`], {
    cwd: plugin,
  });
  expect(fromSource.stdout).toBe('HELLO!\n');
  const added = await home.prefish(['plugins', 'add', join(plugin, tarball), '--yes']);
  expect(added.stdout).toContain(`Its prefixes: ${token} (notes)`);
  expect((await home.prefish(['-c', `${token} hello`])).stdout).toBe('HELLO!\n');
}, 90_000);

test('a Node that is too old is refused at install, with what it takes', async () => {
  const folder = join(root, 'prefish-plugin-old');
  const { tarballs, folder: packages } = packed;
  const create = ['exec', '--prefer-offline', '--yes', '--package', tarballs['create-prefish-plugin']!, '--'];
  await as('npm', [...create, 'create-prefish-plugin', 'old', '--packed', packages], root);
  // As if the plugin asked for a Node that nobody has: the same line is what an older one shows.
  await as('npm', ['pkg', 'set', 'engines.node=>=999'], folder);
  await expect(as('npm', ['install', '--prefer-offline'], folder)).rejects.toThrow(
    /Required: \{"node":">=999"\}/,
  );
});
