import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';

/** A throw-away folder with a home in it, and the folder that lines run in. */
export interface TestFolder {
  readonly home: string;
  readonly cwd: string;
  read(path: string): Promise<string>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

/**
 * @param cwd where lines run, instead of an empty folder: one below it that is made, or the absolute path of one
 * that is there
 * @throws for a relative path that leads out of it; ENOENT
 */
export async function createTestFolder(cwd: string): Promise<TestFolder> {
  if (!isAbsolute(cwd) && /^\.\.(?:[/\\]|$)/.test(normalize(cwd))) {
    throw new Error(
      `cwd: "${cwd}" leads out of the throw-away folder; another one is named by its absolute path`,
    );
  }
  const existing = isAbsolute(cwd) ? await realpath(cwd) : undefined;
  const root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-testing-')));
  const home = join(root, 'home');
  const folder = existing ?? resolve(root, 'folder', cwd);
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
