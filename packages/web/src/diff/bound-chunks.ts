import type { Chunk } from 'parse-diff';
import type { Change } from './pairs.ts';

/** How many changed lines of a file are shown, and how much of each, in characters: nobody reads on, and a browser stands still. */
const mostLines = 4000;
const longestLine = 4000;

/** The beginning of the lines that changed in a file. */
export interface BoundChunks {
  readonly chunks: readonly Chunk[];
  /** How many lines more there are. */
  readonly more: number;
}

export function boundChunks(chunks: readonly Chunk[]): BoundChunks {
  let room = mostLines;
  const shown: Chunk[] = [];
  for (const chunk of chunks) {
    if (room <= 0) break;
    shown.push({ ...chunk, changes: chunk.changes.slice(0, room).map(cut) });
    room -= chunk.changes.length;
  }
  return { chunks: shown, more: Math.max(0, -room) + linesOf(chunks.slice(shown.length)) };
}

function cut(change: Change): Change {
  const { content } = change;
  return content.length > longestLine ? { ...change, content: `${content.slice(0, longestLine)}…` } : change;
}

function linesOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { changes }) => sum + changes.length, 0);
}
