import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram, isProgram, programFolders } from '@prefish/processes';

test('a program is the first file of its name that can be run, in a folder that is absolute', async () => {
  const root = await mkdtemp(join(tmpdir(), 'prefish-programs-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folders = ['folder', 'plain', 'real', 'linked'].map((name) => join(root, name));
  for (const folder of folders) await mkdir(folder);
  const [folder, plain, real, linked] = folders as [string, string, string, string];
  await mkdir(join(folder, 'tool'));
  await writeFile(join(plain, 'tool'), '', { mode: 0o644 });
  await writeFile(join(real, 'tool'), '', { mode: 0o755 });
  await symlink(join(real, 'tool'), join(linked, 'tool'));
  const path = ['.', '', 'real', ...folders].join(delimiter);
  expect(programFolders(path)).toEqual(folders);
  expect(findProgram('tool', path)).toBe(join(real, 'tool'));
  expect(findProgram('tool', [linked, real].join(delimiter))).toBe(join(linked, 'tool'));
  expect(findProgram('none', path)).toBeUndefined();
  expect(findProgram('tool', undefined)).toBeUndefined();
  expect(isProgram('tool', real)).toBe(true);
  expect(isProgram('tool', plain)).toBe(false);
  await chmod(join(real, 'tool'), 0o644);
  expect(findProgram('tool', path)).toBeUndefined();
});
