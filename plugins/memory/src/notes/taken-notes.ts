import { readFile } from 'node:fs/promises';
import { writeDurably } from '@prefish/durable';
import type { Inserted } from '../document/edit.ts';

/** What taking a note back needs. The strings hold one character for each byte, `path` apart. */
export interface TakenNote extends Inserted {
  readonly path: string;
  readonly note: string;
  /** What the file held before, where it was made for the note. */
  readonly madeWith?: string;
}

/** How many notes of one project can be taken back. */
const undoable = 100;

/** The notes of a project, the last one last. A record that cannot be read holds none. */
export async function readTaken(record: string): Promise<readonly TakenNote[]> {
  try {
    return JSON.parse(await readFile(record, 'utf8')) as readonly TakenNote[];
  } catch {
    return [];
  }
}

export async function writeTaken(record: string, notes: readonly TakenNote[]): Promise<void> {
  await writeDurably(record, JSON.stringify(notes.slice(-undoable)));
}
