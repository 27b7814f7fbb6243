import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { formatBytes, type EventBody } from '@prefish/protocol';
import { firstRecords } from '../repositories/first-records.ts';
import type { GitOptions } from '../repositories/git.ts';
import { moreFor } from '../sandbox/limits/exceeded.ts';
import type { TreeLimits } from './tree/tree-size.ts';

const run = promisify(execFile);

/** What lies in a tree that a task left. */
export interface Survey {
  /** Links are some. */
  readonly files: number;
  /** As their readers count them: holes are bytes. Those of {@link hollow} files are left out. */
  readonly bytes: number;
  /**
   * Files that are long and hold next to nothing: a gigabyte or more, of which less than half is on the disk. git
   * would read all of a hole, for hours. Relative to the top.
   */
  readonly hollow: readonly string[];
}

/** Looks through a whole tree once. Nothing is found where the system's `find` cannot tell. */
export async function surveyTree(tree: string, signal?: AbortSignal): Promise<Survey> {
  const long = ['-type', 'f', '-size', '+1048576k', '-printf', '%s %b %P\\0'];
  const args = [tree, '!', '-type', 'd', '(', ...long, '-o', '-printf', '%s\\0', ')'];
  const options = {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    maxBuffer: 2 ** 28,
  };
  const found = await run('find', args, { ...options, ...(signal && { signal }) }).catch(() => {
    signal?.throwIfAborted();
    return { stdout: '' };
  });
  const hollow: string[] = [];
  let [files, bytes] = [0, 0];
  for (const entry of found.stdout.split('\0').slice(0, -1)) {
    const [, size = entry, blocks, path] = /^(\d+) (\d+) (.+)$/s.exec(entry) ?? [];
    files += 1;
    if (path !== undefined && 2 * 512 * Number(blocks) < Number(size)) hollow.push(path);
    else bytes += Number(size);
  }
  return { files, bytes, hollow };
}

/** More of {@link Survey.hollow} are no result. */
const mostHollow = 1000;

/** A result that is larger than what a task may add. */
export interface Oversize {
  readonly limit: 'files' | 'disk';
  readonly warning: EventBody;
}

/**
 * Whether what git would add to a result is more than a task may add. git is asked only for a tree that holds more
 * altogether, and before it reads any file.
 *
 * @param paths what it would be given to add
 */
export async function findOversize(
  trusted: GitOptions,
  tree: string,
  { files, bytes, hollow }: Survey,
  paths: readonly string[],
  limits: TreeLimits,
): Promise<Oversize | undefined> {
  // Each is named to git among the arguments of a command.
  if (hollow.length > mostHollow)
    return oversize('disk', `${hollow.length} files of a gigabyte or more`, limits);
  if (files <= limits.files && bytes <= limits.disk) return undefined;
  const names = await changedNames(trusted, paths, limits.files);
  if (names === undefined) return oversize('files', `more than ${limits.files} new or changed files`, limits);
  if (bytes <= limits.disk) return undefined;
  const left = new Set(hollow);
  let size = 0;
  for (const name of names) {
    trusted.signal?.throwIfAborted();
    if (left.has(name)) continue;
    size += (await lstat(join(tree, name)).catch(() => undefined))?.size ?? 0;
  }
  if (size <= limits.disk) return undefined;
  const what = `${formatBytes(size)} of new or changed files, and may leave ${formatBytes(limits.disk)}`;
  return oversize('disk', what, limits);
}

function oversize(limit: Oversize['limit'], what: string, limits: TreeLimits): Oversize {
  const message = `the task left ${what}: none of them was kept`;
  return {
    limit,
    warning: { type: 'warning', code: 'PREFISH_TASK_LIMIT', message, hint: moreFor(limit, limits) },
  };
}

/** What differs from what was sent, and is not ignored; `undefined` for more than `most`. */
async function changedNames(
  trusted: GitOptions,
  paths: readonly string[],
  most: number,
): Promise<readonly string[] | undefined> {
  const others = ['ls-files', '--others', '--exclude-standard'];
  const changed = ['diff-files', '--name-only', '--diff-filter=d'];
  let names: readonly string[] = [];
  for (const list of [others, changed]) {
    const args = [...list, '-z', '--', ...paths];
    const { records, more } = await firstRecords(args, trusted, most - names.length);
    if (more) return undefined;
    names = [...names, ...records];
  }
  return names;
}
