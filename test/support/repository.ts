import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A git repository that a test made. */
export interface Repository {
  readonly path: string;
  /** Runs git in it and resolves with its standard output. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes files, with their folders; names are relative. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/** A new repository at `path` on branch `main`, with `files` committed (none: no commit). */
export async function createRepository(
  path: string,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Repository> {
  await mkdir(path, { recursive: true });
  const repository: Repository = {
    path,
    async git(...args) {
      const { stdout } = await run('git', args, { cwd: path, env, maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    },
    async write(entries) {
      for (const [name, text] of Object.entries(entries)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
    },
  };
  await repository.git('init', '-q', '-b', 'main');
  if (Object.keys(files).length > 0) {
    await repository.write(files);
    await repository.git('add', '-A');
    await repository.git('commit', '-q', '-m', 'first');
  }
  return repository;
}
