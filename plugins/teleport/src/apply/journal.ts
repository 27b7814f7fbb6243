import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDurably, writeDurably } from '@prefish/durable';
import type { RawPath } from '../git/raw-path.ts';
import type { Image } from './image.ts';

/** One path, as it was and as it shall be. */
export interface Change {
  readonly path: RawPath;
  readonly before: Image;
  readonly after: Image;
}

/** A set of changes to a work tree that are made all or not at all, and can be taken back. */
export interface Journal {
  readonly version: 1;
  readonly id: string;
  /** The work tree: its key and its top. */
  readonly key: string;
  readonly root: string;
  /** The task whose result it is. */
  readonly task: string;
  /** The task's number. Absent in journals of older versions. */
  readonly number?: number;
  readonly createdAt: string;
  /** For an undo, the journal that it takes back. */
  readonly undoes?: string;
  /** `prepared` until every path has been changed. */
  readonly state: 'prepared' | 'applied';
  readonly changes: readonly Change[];
  /** Of the changed paths, those that git was told not to look at, as nothing was there. */
  readonly hidden?: readonly RawPath[];
}

/** The folder of a journal and of the copies that its images name. */
export function journalFolder(undoFolder: string, id: string): string {
  return join(undoFolder, id);
}

/** The lock that whoever changes this work tree holds. */
export function treeLock(undoFolder: string, key: string): string {
  return join(undoFolder, `${key}.lock`);
}

/** A new journal's id and its folder, made. */
export async function createJournalFolder(
  undoFolder: string,
  key: string,
): Promise<{ id: string; folder: string }> {
  const id = `${key.slice(0, 12)}-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
  const folder = journalFolder(undoFolder, id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { id, folder };
}

/** Resolves once the journal would survive a crash. */
export async function writeJournal(undoFolder: string, journal: Journal): Promise<void> {
  await writeDurably(join(journalFolder(undoFolder, journal.id), 'journal.json'), JSON.stringify(journal));
}

export async function readJournal(undoFolder: string, id: string): Promise<Journal | undefined> {
  try {
    return JSON.parse(await readFile(join(journalFolder(undoFolder, id), 'journal.json'), 'utf8')) as Journal;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What of a journal says whose apply it was, and when. */
export interface AppliedJournal {
  readonly id: string;
  readonly task: string;
  readonly number: number | undefined;
  /** The top of the work tree. */
  readonly root: string;
  readonly createdAt: string;
}

/** Every apply that was carried out and not taken back, newest first. Those in `known` are not read again. */
export async function appliedJournals(
  undoFolder: string,
  known: ReadonlyMap<string, AppliedJournal> = new Map(),
): Promise<AppliedJournal[]> {
  const names = await readdir(undoFolder).catch((): string[] => []);
  const ids = names.filter((name) => /^[0-9a-f]{12}-[0-9a-z]+-[0-9a-f]{6}$/.test(name));
  const journals = await Promise.all(ids.map((id) => known.get(id) ?? readApplied(undoFolder, id)));
  return journals
    .filter((journal) => journal !== undefined)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function readApplied(undoFolder: string, id: string): Promise<AppliedJournal | undefined> {
  const journal = await readJournal(undoFolder, id);
  if (journal?.state !== 'applied' || journal.undoes !== undefined) return undefined;
  const { task, number, root, createdAt } = journal;
  return { id, task, number, root, createdAt };
}

export async function removeJournal(undoFolder: string, id: string): Promise<void> {
  await rm(journalFolder(undoFolder, id), { recursive: true, force: true });
}

/** Marks a work tree as being changed: whoever comes next and finds the mark puts it in order first. */
export async function markPending(undoFolder: string, key: string, id: string): Promise<void> {
  await writeDurably(join(undoFolder, `${key}.pending`), id);
}

export async function pendingJournal(undoFolder: string, key: string): Promise<string | undefined> {
  return readFile(join(undoFolder, `${key}.pending`), 'utf8').catch(() => undefined);
}

/** The keys of the work trees that are marked as being changed. */
export async function interruptedTrees(undoFolder: string): Promise<string[]> {
  const names = await readdir(undoFolder).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.pending')).map((name) => name.slice(0, -'.pending'.length));
}

export async function clearPending(undoFolder: string, key: string): Promise<void> {
  await removeDurably(join(undoFolder, `${key}.pending`));
}
