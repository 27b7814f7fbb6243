import { spawnSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers, replaceFile } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('makes a file and replaces its content, text or bytes, leaving nothing beside it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'notes');
  await replaceFile(file, 'första');
  await expect(readFile(file, 'utf8')).resolves.toBe('första');
  const bytes = Buffer.from([0, 255, 13, 10]);
  await replaceFile(file, bytes);
  await expect(readFile(file)).resolves.toEqual(bytes);
  await expect(readdir(folder)).resolves.toEqual(['notes']);
});

test('keeps the mode of an existing file, and takes the mode that is asked for', async () => {
  const file = join(await temporaryFolder(), 'notes');
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  await replaceFile(file, 'new');
  expect((await stat(file)).mode & 0o7777).toBe(0o640);
  await replaceFile(file, 'newer', { mode: 0o600 });
  expect((await stat(file)).mode & 0o7777).toBe(0o600);
});

test('keeps the owner of an existing file', async () => {
  const file = join(await temporaryFolder(), 'notes');
  await writeFile(file, 'old');
  const owner =
    process.getuid?.() === 0 ? { uid: 1234, gid: 4321 } : { uid: process.getuid!(), gid: process.getgid!() };
  await chown(file, owner.uid, owner.gid);
  await replaceFile(file, 'new');
  expect(await stat(file)).toMatchObject(owner);
});

test('a symlink stays and its target is written, be it there or not', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real', 'notes'), 'old');
  await symlink('real/notes', join(folder, 'link'));
  await symlink('real/later', join(folder, 'dangling'));

  await replaceFile(join(folder, 'link'), 'new');
  await replaceFile(join(folder, 'dangling'), 'made');

  await expect(readFile(join(folder, 'real', 'notes'), 'utf8')).resolves.toBe('new');
  await expect(readFile(join(folder, 'real', 'later'), 'utf8')).resolves.toBe('made');
  expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  expect((await lstat(join(folder, 'dangling'))).isSymbolicLink()).toBe(true);
});

test('a folder is not replaced, a missing folder is not made, and nothing is left behind', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'notes'));
  await expect(replaceFile(join(folder, 'notes'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(replaceFile(join(folder, 'absent', 'x'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readdir(folder)).resolves.toEqual(['notes']);
});

test('whoever finds that the file has changed meanwhile can still refuse', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'notes');
  await writeFile(file, 'old');
  const refuse = async (): Promise<void> => {
    await expect(readFile(file, 'utf8')).resolves.toBe('old');
    throw new Error('changed');
  };
  await expect(replaceFile(file, 'new', { beforeRename: refuse })).rejects.toThrow('changed');
  await expect(readFile(file, 'utf8')).resolves.toBe('old');
  await expect(readdir(folder)).resolves.toEqual(['notes']);
});

test('what a killed process left beside a file, and nothing else, can be removed', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'notes');
  const index = new URL('../src/index.ts', import.meta.url).href;
  const source = `const { replaceFile } = await import(${JSON.stringify(index)});
    const beforeRename = () => process.kill(process.pid, 'SIGKILL');
    await replaceFile(${JSON.stringify(file)}, 'new', { beforeRename });`;
  spawnSync(process.execPath, ['--input-type=module', '-e', source]);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toHaveLength(1);
  const others = ['.notes.tmp', '.notes.old.tmp', '.other.0123456789ab.tmp', 'notes.0123456789ab.tmp'];
  for (const name of others) await writeFile(join(folder, name), '');
  await removeLeftovers(file);
  expect((await readdir(folder)).toSorted()).toEqual(others.toSorted());
  await removeLeftovers(join(folder, 'absent', 'file'));
});

test('a disk that fills up keeps the old content and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'notes');
  await writeFile(file, 'old');
  // The limit on the size of a file stands in for a full disk: the write fails half-way.
  const index = new URL('../src/index.ts', import.meta.url).href;
  const source = `process.on('SIGXFSZ', () => {});
    const { replaceFile } = await import(${JSON.stringify(index)});
    await replaceFile(${JSON.stringify(file)}, Buffer.alloc(1 << 20)).catch((e) => console.log(e.code));`;
  const result = spawnSync(
    'bash',
    ['-c', 'ulimit -f 100; exec "$0" --input-type=module -e "$1"', process.execPath, source],
    { encoding: 'utf8' },
  );
  expect(result.stdout).toBe('EFBIG\n');
  await expect(readFile(file, 'utf8')).resolves.toBe('old');
  await expect(readdir(folder)).resolves.toEqual(['notes']);
});
