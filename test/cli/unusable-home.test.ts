import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { nobody } from '../support/capabilities.ts';
import { needs } from '../support/needs.ts';
import { command, sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';

const lines = [
  ['-c', '# a note'],
  ['-c', '& !true'],
  ['-c', '/tasks'],
  ['tasks', 'ls'],
  ['daemon', 'start'],
];

/** Paths at which no folder can be made, whoever tries. */
const unusable: readonly [string, (t: SandboxHome) => Promise<string>][] = [
  ...(process.platform === 'linux'
    ? [['in /proc', async () => '/proc/prefish'] as [string, () => Promise<string>]]
    : []),
  [
    'below a file',
    async (t) => {
      await writeFile(join(t.root, 'file'), '');
      return join(t.root, 'file', 'prefish');
    },
  ],
];

test.each(unusable)('a home %s is named by all that needs it, and ! works without', async (_, makeHome) => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const home = await makeHome(t);
  const options = { cwd, env: { PREFISH_HOME: home }, timeout: 10_000 };
  expect(await t.prefish(['-c', '!echo works'], options)).toMatchObject({
    code: 0,
    stdout: 'works\n',
    stderr: '',
  });
  for (const args of lines) {
    const { code, stdout, stderr } = await t.prefish(args, options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^prefish: .*\n.*PREFISH_HOME.*\n.*\[PREFISH_FOLDER_UNUSABLE( · .*)?\]\n$/);
    expect(stderr).toContain(home);
  }
  const doctor = await t.prefish(['doctor'], options);
  expect(doctor.stdout).toContain(`The folder ${home}/data`);
});

describe('as a plain user', () => {
  needs('plain user');

  test('a home below a folder that is read-only is named too', async () => {
    await using t = await sandboxHome();
    const home = join(t.root, 'read-only');
    await mkdir(home, { mode: 0o555 });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      await chmod(t.root, 0o755);
      await chown(t.home, nobody, nobody);
    }
    const run = (args: readonly string[]): { status: number | null; stderr: string } =>
      spawnSync(process.execPath, [command, ...args], {
        cwd: t.home,
        env: { ...t.env, PREFISH_HOME: home },
        encoding: 'utf8',
        timeout: 10_000,
        ...(isRoot ? { uid: nobody, gid: nobody } : {}),
      });
    expect(run(['-c', '!true'])).toMatchObject({ status: 0, stderr: '' });
    for (const args of lines) {
      const { status, stderr } = run(args);
      expect(status).toBe(2);
      expect(stderr).toContain('PREFISH_FOLDER_UNUSABLE');
      expect(stderr).toContain(home);
    }
  });
});
