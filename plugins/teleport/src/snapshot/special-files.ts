import { readdirSync, type Dirent } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import type { NotCaptured } from './not-captured.ts';

/** After how many folders other work of this process gets its turn: a few milliseconds. */
const stride = 50;

/**
 * Pipes, sockets and devices, of which git says nothing at all.
 *
 * @param passed Where nobody looks: what is ignored, and what is looked at by itself
 */
export async function findSpecialFiles(
  root: string,
  passed: ReadonlySet<RawPath>,
  signal?: AbortSignal,
): Promise<NotCaptured[]> {
  const found: NotCaptured[] = [];
  const waiting: RawPath[] = [''];
  for (let folder = waiting.pop(), count = 1; folder !== undefined; folder = waiting.pop(), count += 1) {
    if (count % stride === 0) await nextTurn();
    signal?.throwIfAborted();
    for (const entry of entriesOf(onDisk(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() || passed.has(path) || path === '.git') continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isSymbolicLink()) found.push({ path: displayPath(path), why: 'special' });
    }
  }
  return found;
}

function entriesOf(folder: Buffer): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'latin1' });
  } catch {
    return [];
  }
}
