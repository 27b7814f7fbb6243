import { execFile } from 'node:child_process';
import { cp, lstat, mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import { diskFull } from '../repositories/git.ts';
import { hasPlainParents } from './plain-parents.ts';

/** What a path that was to go along lacks in the workspace. */
export interface NotCarried {
  readonly path: string;
  readonly reason: string;
}

/**
 * Copies ignored paths of the user's work tree (dependency folders, mostly) into the workspace. The user's
 * are only read. Blocks are shared where the file system can. Symbolic links are copied as links, and a
 * path that leads through one is not followed, on neither side.
 *
 * @returns what could not be copied, or not wholly
 * @throws PREFISH_NO_SPACE
 */
export async function carryPaths(
  paths: readonly string[],
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<NotCarried[]> {
  const missing: NotCarried[] = [];
  for (const path of paths.map(normalizePath)) {
    signal?.throwIfAborted();
    const reason = await carry(path, from, to, signal);
    if (reason !== undefined) missing.push({ path, reason });
  }
  return missing;
}

/** A relative path as it is compared and handed to git: no `./`, no slash at its end. */
export function normalizePath(path: string): string {
  return normalize(path).replace(/\/+$/, '');
}

/** Whether a normal path is one below the work tree's top, and of no repository's own files. */
export function canGoAlong(path: string): boolean {
  return path !== '.' && !path.split('/').some((part) => part === '..' || part.toLowerCase() === '.git');
}

async function carry(
  path: string,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!canGoAlong(path)) return 'it is not a path that can go along';
  const source = join(from, path);
  const target = join(to, path);
  if ((await lstat(source).catch(() => undefined)) === undefined) return 'it is no longer there';
  if (!(await hasPlainParents(path, from)) || !(await hasPlainParents(path, to))) {
    return 'it leads through a symbolic link';
  }
  await mkdir(dirname(target), { recursive: true });
  const said = await copy(source, target, signal);
  if (said === undefined) return undefined;
  if (diskFull.test(said)) {
    throw new PrefishError(
      'PREFISH_NO_SPACE',
      `the disk is full; ${path} could not be copied into the workspace`,
      {
        hint: 'prefish clean',
      },
    );
  }
  return said;
}

/** Copies one path; what is in the target already stays. Returns why it failed, or did so in part. */
async function copy(
  source: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (process.platform !== 'linux') return copyPortably(source, target);
  const args = ['-a', '-T', '--no-clobber', '--reflink=auto', '--', source, target];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile('cp', args, { cwd: '/', env, signal, maxBuffer: 16 * 1024 * 1024 }, (error, _stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (error === null) resolve(undefined);
      else
        resolve(
          diskFull.exec(stderr)?.[0] ?? (stderr.trim().split('\n').slice(0, 3).join('; ') || undefined),
        );
    });
  });
}

async function copyPortably(source: string, target: string): Promise<string | undefined> {
  try {
    await cp(source, target, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      force: false,
      mode: 2, // COPYFILE_FICLONE
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
