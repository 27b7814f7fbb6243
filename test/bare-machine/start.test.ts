import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const workspace = join(import.meta.dirname, '..', '..');

/** The PATH of a machine on which nothing of this workspace is installed. */
const path = process.env['PATH']!.split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':');

let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-bare-')));
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'elsewhere'));
  env = {
    PATH: path,
    HOME: join(folder, 'home'),
    SHELL: '/bin/bash',
    TERM: 'dumb',
    EDITOR: 'the-users-own',
    // What the lock file names was fetched for this workspace: not everything once more.
    pnpm_config_store_dir: dirname(storeOf(workspace)),
  };
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: workspace,
    encoding: 'utf8',
  });
  for (const file of tracked.split('\0').filter(Boolean)) {
    cpSync(join(workspace, file), join(folder, 'clone', file), { recursive: true });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Where pnpm keeps what a workspace has installed, below a folder for each version of that. */
function storeOf(installed: string): string {
  const { storeDir } = JSON.parse(readFileSync(join(installed, 'node_modules', '.modules.yaml'), 'utf8')) as {
    storeDir: string;
  };
  return storeDir;
}

function npm(
  args: readonly string[],
  cwd = join(folder, 'clone'),
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8', timeout: 170_000 });
  return { code: status, stdout, stderr };
}

/** What prefish printed, without npm's own heading. */
function printed(stdout: string): string {
  return stdout.replace(/^\n?> [^\n]*\n> [^\n]*\n\n/, '');
}

describe('on a bare machine', () => {
  test('the first start installs, builds and runs; the second does neither', { timeout: 180_000 }, () => {
    const first = npm(['start', '--', '-c', '!echo hi']);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(printed(first.stdout)).toBe('hi\n');
    expect(first.stderr).toMatch(/installing…[^]*building…/);

    const built = join(folder, 'clone', 'packages', 'cli', 'dist', 'main.mjs');
    const before = statSync(built).mtimeMs;
    const second = npm(['start', '--', '-c', '!echo again']);
    expect(second).toMatchObject({ code: 0, stderr: expect.not.stringContaining('prefish:') });
    expect(printed(second.stdout)).toBe('again\n');
    expect(statSync(built).mtimeMs).toBe(before);
  });

  test('lines run in the folder that npm was called from, with the environment of the user', () => {
    const elsewhere = join(folder, 'elsewhere');
    const start = (line: string): string =>
      printed(npm(['--prefix', join(folder, 'clone'), 'start', '--', '-c', line], elsewhere).stdout);
    expect(start('!pwd')).toBe(`${elsewhere}\n`);
    expect(start('!echo $PATH')).toBe(`${path}\n`);
    expect(start('!echo $EDITOR; env | grep -ci ^npm_')).toBe('the-users-own\n0\n');
    const theirs = execFileSync('node', ['-v'], { env, encoding: 'utf8' });
    expect(start('!node -v')).toBe(theirs);
  });

  test('the exit code comes through npm', () => {
    expect(npm(['start', '--', '-c', '!exit 7']).code).toBe(7);
  });

  test('setup puts a launcher where it is told, and says how to remove it', () => {
    const setup = npm(['run', 'setup', '--', '--prefix', '../bin'], join(folder, 'clone'));
    expect(setup.code).toBe(0);
    const launcher = join(folder, 'bin', 'prefish');
    expect(setup.stdout).toContain(`rm '${launcher}'`);
    expect(execFileSync(launcher, ['-c', '!echo from anywhere'], { env, cwd: '/', encoding: 'utf8' })).toBe(
      'from anywhere\n',
    );
    expect(readFileSync(launcher, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  });
});
