import { createHash } from 'node:crypto';
import { access, constants, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PrefishError, errorMessage } from '@prefish/core';
import { removeDurably, replaceFile, withLock, writeDurably } from '@prefish/durable';
import { addNote, removeNote } from './document/edit.ts';
import type { MemoryTarget } from './memory-files.ts';

/** Where a note is. */
export interface NotePlace {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** Whether it had been there before. */
  readonly known: boolean;
}

/** What taking a note back needs. The strings hold one character for each byte. */
interface TakenNote {
  readonly note: string;
  readonly inserted: string;
  /** Whether the file was made for it. */
  readonly made: boolean;
}

/** How many notes of one file can be taken back. */
const undoable = 100;

/**
 * Adds notes to memory files and takes them back: one process at a time for each file, each file
 * replaced as a whole. Locks and the memory of `undo` are in `folder`.
 */
export class NoteStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws PREFISH_MEMORY_WRITE, also for a link that leads out of `root`; PREFISH_NO_SPACE, PREFISH_LOCKED */
  async add(
    { path, root }: Pick<MemoryTarget, 'path' | 'root'>,
    note: string,
    signal: AbortSignal,
  ): Promise<NotePlace> {
    const bytes = Buffer.from(note).toString('latin1');
    return this.#exclusively(path, signal, async (record) => {
      await refuseOutside(path, root);
      const before = await readDocument(path);
      const addition = addNote(before ?? '', bytes);
      if (addition.kind === 'duplicate') return { path, line: addition.line, known: true };
      await replaceFile(path, Buffer.from(addition.text, 'latin1'));
      const taken = { note: bytes, inserted: addition.inserted, made: before === undefined };
      await writeRecord(record, [...(await readRecord(record)), taken].slice(-undoable));
      return { path, line: addition.line, known: false };
    });
  }

  /**
   * Takes back the last note that was added to `path` through prefish, and says what it was.
   *
   * @throws PREFISH_MEMORY_UNDO, and as {@link add} does
   */
  async undo(path: string, signal: AbortSignal): Promise<string> {
    return this.#exclusively(path, signal, async (record) => {
      const notes = await readRecord(record);
      const last = notes.at(-1);
      if (last === undefined) {
        throw new PrefishError('PREFISH_MEMORY_UNDO', `No note that prefish added to ${path} is left.`);
      }
      const before = await readDocument(path);
      const after = before === undefined ? undefined : removeNote(before, last.note, last.inserted);
      if (after === '' && last.made) await removeDurably(await realpath(path));
      else if (after !== undefined) await replaceFile(path, Buffer.from(after, 'latin1'));
      // Forgotten even where it is gone: the note before it must not be out of reach for ever.
      await writeRecord(record, notes.slice(0, -1));
      if (after === undefined) {
        throw new PrefishError('PREFISH_MEMORY_UNDO', `${path} no longer holds the last note.`);
      }
      return Buffer.from(last.note, 'latin1').toString();
    });
  }

  async #exclusively<T>(path: string, signal: AbortSignal, use: (record: string) => Promise<T>): Promise<T> {
    const real = await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
    const name = createHash('sha256').update(real).digest('hex').slice(0, 32);
    const file = join(this.#folder, 'memory', name);
    try {
      return await withLock(`${file}.lock`, () => use(`${file}.json`), { signal, timeoutMs: 60_000 });
    } catch (error) {
      throw coded(error, path);
    }
  }
}

/** A repository that somebody else made may hold a link to any file of the user. */
async function refuseOutside(path: string, root: string): Promise<void> {
  const [target, top] = await Promise.all([finalTarget(path), realpath(root)]);
  if (target.startsWith(`${top === '/' ? '' : top}/`)) return;
  throw new PrefishError(
    'PREFISH_MEMORY_WRITE',
    `${path} leads out of ${root}, to ${target}; it is as it was.`,
    {
      hint: 'Put a file in the place of the link, or write the note there yourself.',
    },
  );
}

/** Where a chain of links ends, whether or not there is a file. */
async function finalTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const folder = await realpath(dirname(path));
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? join(folder, basename(path)) : finalTarget(resolve(folder, link));
  }
}

/** The content, one character for each byte; nothing when there is no file. */
async function readDocument(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined) return undefined;
  const refused = (why: string): PrefishError =>
    new PrefishError('PREFISH_MEMORY_WRITE', `${path} ${why}; it is as it was.`);
  if (!stats.isFile()) throw refused('is not a file');
  // Root may write anything, and replacing a file asks only its folder: what is marked read-only stays.
  if ((stats.mode & 0o222) === 0) throw refused('is read-only');
  await access(path, constants.W_OK);
  const document = (await readFile(path)).toString('latin1');
  if (document.includes('\0')) throw refused('is no UTF-8 text');
  return document;
}

async function readRecord(path: string): Promise<readonly TakenNote[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as readonly TakenNote[];
  } catch {
    return [];
  }
}

async function writeRecord(path: string, notes: readonly TakenNote[]): Promise<void> {
  await writeDurably(path, JSON.stringify(notes));
}

function coded(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ELOCKED') {
    return new PrefishError('PREFISH_LOCKED', `Others have been writing to ${path} for a minute.`, {
      cause: error,
    });
  }
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const isSystemError = typeof code === 'string' && /^E[A-Z0-9]+$/.test(code);
  if (!isSystemError) return error;
  return new PrefishError(
    isFull ? 'PREFISH_NO_SPACE' : 'PREFISH_MEMORY_WRITE',
    `${path} could not be written, and is as it was: ${errorMessage(error)}`,
    { cause: error },
  );
}
