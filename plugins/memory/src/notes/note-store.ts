import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PrefishError, errorMessage } from '@prefish/core';
import { removeDurably, removeLeftovers, replaceFile, withLock } from '@prefish/durable';
import { addNote, removeNote } from '../document/edit.ts';
import { unifiedDiff } from '../document/diff.ts';
import type { MemoryTarget } from '../targets/target.ts';
import { readDocument, refuseChanged, refuseOutside, type DocumentOnDisk } from './document-on-disk.ts';
import { readTaken, writeTaken, type TakenNote } from './taken-notes.ts';

/** A note for a file. */
export interface NewNote {
  readonly target: MemoryTarget;
  readonly text: string;
  /** The heading it goes under. */
  readonly section: string;
  /** The folder whose notes `undo` takes back one after the other: the top of the repository it was taken in. */
  readonly project: string;
}

/** Where a note is. */
export interface NotePlace {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** The note that said the same and was there before. */
  readonly known?: string;
  /** Whether the file was made for the note. */
  readonly made: boolean;
}

/** How often a file may change under our hands before that is an error. */
const attempts = 20;

/**
 * Adds notes to memory files and takes them back: one process at a time for each file, each file
 * replaced as a whole. Locks and the memory of `undo` are in `folder`.
 */
export class NoteStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes a note, unless the file holds it already.
   *
   * @throws PREFISH_MEMORY_WRITE, also for a link that leads out of the target's `root`;
   * PREFISH_NO_SPACE, PREFISH_LOCKED
   */
  async add({ target, text, section, project }: NewNote, signal: AbortSignal): Promise<NotePlace> {
    const { path, makesFolder, head } = target;
    const note = toBytes(text);
    return this.#exclusively(path, project, signal, async (record) => {
      if (makesFolder) await mkdir(dirname(path), { recursive: true });
      await refuseOutside(target);
      return this.#edit(path, async (document) => {
        const addition = addNote(document?.text ?? head ?? '', note, toBytes(section));
        if (addition.kind === 'duplicate') {
          return { path, line: addition.line, known: fromBytes(addition.known), made: false };
        }
        const { inserted, newSection, line } = addition;
        const made = document === undefined;
        const taken = { path, note, inserted, newSection, ...(made ? { madeWith: head ?? '' } : {}) };
        // Remembered first: of a note that is in no file `undo` says so, and takes no other in its place.
        const before = await readTaken(record);
        await writeTaken(record, [...before, taken]);
        try {
          await replace(path, addition.text, document);
        } catch (error) {
          await writeTaken(record, before);
          throw error;
        }
        return { path, line, made };
      });
    });
  }

  /**
   * What {@link add} would write, as a unified diff that calls the file `name`; no diff for a note
   * that is there. Nothing is written, and nothing waited for. @throws as {@link add} does
   */
  async preview(
    { target, text, section }: NewNote,
    name: string,
  ): Promise<NotePlace & { readonly diff?: string }> {
    const { path, head } = target;
    try {
      await refuseOutside(target);
      const document = await readDocument(path);
      const addition = addNote(document?.text ?? head ?? '', toBytes(text), toBytes(section));
      const place = { path, line: addition.line, made: document === undefined };
      if (addition.kind === 'duplicate') return { ...place, known: fromBytes(addition.known) };
      const diff = unifiedDiff(toBytes(name), document?.text, addition.text);
      return { ...place, diff: fromBytes(diff) };
    } catch (error) {
      throw coded(error, path);
    }
  }

  /**
   * Takes back the last note that was taken in `project`, and says what it was and where.
   *
   * @throws PREFISH_MEMORY_UNDO, and as {@link add} does
   */
  async undo(
    project: string,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly note: string }> {
    for (;;) {
      const last = (await readTaken(await this.#recordOf(project))).at(-1);
      if (last === undefined) {
        throw new PrefishError('PREFISH_MEMORY_UNDO', `There is no note left to take back in ${project}.`);
      }
      const { path } = last;
      const undone = await this.#exclusively(path, project, signal, async (record) => {
        const taken = await readTaken(record);
        // Another shell was faster: its undo is not this one.
        if (JSON.stringify(taken.at(-1)) !== JSON.stringify(last)) return false;
        const found = await this.#edit(path, (document) => takeBack(last, document));
        // Forgotten even where it is gone: the note before it must not be out of reach for ever.
        await writeTaken(record, taken.slice(0, -1));
        if (found) return true;
        throw new PrefishError('PREFISH_MEMORY_UNDO', `${path} no longer holds the last note.`, {
          hint: 'The note before it is the last one now.',
        });
      });
      if (undone) return { path, note: fromBytes(last.note) };
    }
  }

  /** Reads a document and edits it; again, when somebody else changes it in between. */
  async #edit<T>(path: string, edit: (document: DocumentOnDisk | undefined) => Promise<T>): Promise<T> {
    await removeLeftovers(path);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await edit(await readDocument(path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESTALE' || attempt === attempts) throw error;
      }
    }
  }

  /** Holds the lock of the project, then that of the file: in this order always. */
  async #exclusively<T>(
    path: string,
    project: string,
    signal: AbortSignal,
    use: (record: string) => Promise<T>,
  ): Promise<T> {
    const wait = { signal, timeoutMs: 60_000 };
    try {
      const record = await this.#recordOf(project);
      const file = this.#stateFile('file', await realPlace(path), 'lock');
      return await withLock(`${record}.lock`, () => withLock(file, () => use(record), wait), wait);
    } catch (error) {
      throw coded(error, path);
    }
  }

  async #recordOf(project: string): Promise<string> {
    return this.#stateFile('project', await realPlace(project), 'json');
  }

  #stateFile(kind: 'project' | 'file', path: string, extension: string): string {
    const name = createHash('sha256').update(path).digest('hex').slice(0, 32);
    return join(this.#folder, 'memory', `${kind}-${name}.${extension}`);
  }
}

async function takeBack(taken: TakenNote, document: DocumentOnDisk | undefined): Promise<boolean> {
  const after = document === undefined ? undefined : removeNote(document.text, taken.note, taken);
  if (after === undefined) return false;
  if (after === taken.madeWith) await removeDurably(await realpath(taken.path));
  else await replace(taken.path, after, document);
  return true;
}

async function replace(path: string, text: string, before: DocumentOnDisk | undefined): Promise<void> {
  await replaceFile(path, Buffer.from(text, 'latin1'), {
    beforeRename: () => refuseChanged(path, before),
  });
}

/** The one name of a file, however it is called, and before it is there too. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  }
}

function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
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
