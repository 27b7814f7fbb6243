import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawPath } from '../git/raw-path.ts';
import { splitIndex } from './shadow-config.ts';
import type { Shadow } from './shadow.ts';

/** An entry of an index: of mode `0` to be removed. */
export interface IndexEntry {
  readonly mode: string;
  readonly id: string;
  readonly path: RawPath;
}

/** The entry that removes a path. */
export function removal(path: RawPath): IndexEntry {
  return { mode: '0', id: '0'.repeat(40), path };
}

/**
 * Writes a tree with some entries changed, in this order. The index stays as it is.
 *
 * @param from The tree, or a commit of it; that of the shadow's index when absent
 */
export async function writeRevisedTree(
  shadow: Shadow,
  entries: readonly IndexEntry[],
  signal?: AbortSignal,
  from?: string,
): Promise<string> {
  const index = join(shadow.folder, `prefish-revised-${randomBytes(6).toString('hex')}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    if (from !== undefined) await shadow.git(['read-tree', from], { env, signal });
    else await copyFile(join(shadow.folder, 'index'), index, constants.COPYFILE_FICLONE);
    const lines = entries.map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`);
    const input = Buffer.from(lines.join(''), 'latin1');
    await shadow.git(['update-index', '--replace', '-z', '--index-info'], { env, input, signal });
    // What is committed need not be here: a partial clone may lack it.
    return await writeTree(shadow, signal, env, from === undefined ? [] : ['--missing-ok']);
  } finally {
    await rm(index, { force: true });
  }
}

/** Writes the tree of an index, of the shadow's own if no other is named. */
export async function writeTree(
  shadow: Shadow,
  signal?: AbortSignal,
  env: Readonly<Record<string, string>> = splitIndex,
  options: readonly string[] = [],
): Promise<string> {
  return (await shadow.git(['write-tree', ...options], { env, signal })).stdout.toString('latin1').trim();
}
