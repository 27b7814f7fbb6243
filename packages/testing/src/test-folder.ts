import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A throw-away folder with a home in it, and the folder that lines run in. */
export interface TestFolder {
  readonly home: string;
  readonly cwd: string;
  read(path: string): Promise<string>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

/** @param cwd where lines run, instead of an empty folder; relative to it when it is no absolute path */
export async function createTestFolder(cwd: string): Promise<TestFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-testing-')));
  const home = join(root, 'home');
  const folder = resolve(root, 'folder', cwd);
  await mkdir(home);
  await mkdir(folder, { recursive: true });
  return {
    home,
    cwd: folder,
    read: (path) => readFile(resolve(folder, path), 'utf8'),
    write: async (path, content) => {
      const file = resolve(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
