import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import type { CapturedTree } from './capture-tree.ts';
import type { NotCaptured } from './not-captured.ts';

/** After how many folders other work of this process gets its turn: a few milliseconds. */
const stride = 50;

/** Pipes, sockets and devices, of which git says nothing at all. Where the tree is ignored nobody looks. */
export async function findSpecialFiles(
  { tree, inner, left, ignored }: CapturedTree,
  signal?: AbortSignal,
): Promise<NotCaptured[]> {
  const { paths } = await ignored;
  const passed = new Set<RawPath>([...inner.map(({ path }) => path), ...left.untracked, ...paths]);
  const found: NotCaptured[] = [];
  const waiting: RawPath[] = [''];
  for (let folder = waiting.pop(), count = 1; folder !== undefined; folder = waiting.pop(), count += 1) {
    if (count % stride === 0) await nextTurn();
    signal?.throwIfAborted();
    for (const entry of entriesOf(onDisk(tree.root, folder))) {
      const path =
        folder === '' ? entry.name.toString('latin1') : `${folder}/${entry.name.toString('latin1')}`;
      if (passed.has(path) || path === '.git') continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isFile() && !entry.isSymbolicLink())
        found.push({ path: displayPath(path), why: 'special' });
    }
  }
  return found;
}

function entriesOf(folder: Buffer): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return [];
  }
}

function readEntries(folder: Buffer) {
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
}
