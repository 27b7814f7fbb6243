import { join } from 'node:path';
import type { FolderEntry, FolderReader } from './folder-reader.ts';

/** An entry of a folder or of one not far below it. */
export interface NearEntry extends FolderEntry {
  readonly path: string;
}

const maxDepth = 3;
const maxEntries = 20_000;

/**
 * What is in a folder, three folders deep, where tools keep files of their own, and no more than 20,000 entries. What
 * lies in `node_modules` was published by somebody else.
 */
export function nearEntries(root: string, reader: FolderReader): readonly NearEntry[] {
  const found: NearEntry[] = [];
  let level = [root];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level) {
      for (const entry of reader.list(folder)) {
        if (found.length === maxEntries) return found;
        const path = join(folder, entry.name);
        found.push({ ...entry, path });
        if (entry.kind === 'folder' && entry.name !== 'node_modules') below.push(path);
      }
    }
    level = below;
  }
  return found;
}
