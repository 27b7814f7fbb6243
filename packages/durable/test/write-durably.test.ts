import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeDurably, writeDurably } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('makes the parents, for the user alone, and the file', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'outbox', 'deep', 'entry.json');
  await writeDurably(file, '{}');
  await writeDurably(file, '{"again":true}');
  await expect(readFile(file, 'utf8')).resolves.toBe('{"again":true}');
  expect((await stat(file)).mode & 0o7777).toBe(0o600);
  expect((await stat(join(folder, 'outbox'))).mode & 0o7777).toBe(0o700);
});

test('removes a file, once or twice, and one whose folder is gone', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'entry');
  await writeDurably(file, 'x');
  await removeDurably(file);
  await removeDurably(file);
  await removeDurably(join(folder, 'absent', 'entry'));
  await expect(readdir(folder)).resolves.toEqual([]);
});
