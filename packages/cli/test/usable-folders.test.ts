import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findFolders } from '../src/folders.ts';
import { makeUsable, makeUsableFolder } from '../src/usable-folders.ts';

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'prefish-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('makes the folders with their parents, for the user alone', async () => {
  const home = join(await temporaryFolder(), 'a', 'b');
  const folders = findFolders({ PREFISH_HOME: home });
  makeUsable(folders);
  makeUsable(folders);
  for (const folder of [home, folders.data, folders.state, folders.cache]) {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  }
});

test('a file in its place, or above it, is no folder', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '', { mode: 0o777 });
  for (const path of [file, join(file, 'x')]) {
    expect(() => makeUsableFolder(path)).toThrow(
      expect.objectContaining({ code: 'PREFISH_FOLDER_UNUSABLE', message: expect.stringContaining(path) }),
    );
  }
});
