import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from '@prefish/durable';
import type { HistoryEntry, HistoryStore } from './history.ts';

/** A file of history that is longer than this, in bytes, becomes the older one of two. */
const maxBytes = 512 * 1024;
/** A line that is longer, in characters, is not one that anybody types again. */
const maxLineLength = 16 * 1024;

/** What {@link openHistoryFile} opens. */
export interface HistoryFileOptions {
  /** The folder that the files are in. Made when absent. */
  readonly folder: string;
  /** The folder of the project that lines are typed in. */
  readonly project: string;
  /** Called when lines cannot be kept. */
  readonly failed?: (error: Error) => void;
}

/**
 * The lines of all shells: `history.jsonl`, one `{ at, project, line }` a line, readable by the user
 * alone. A line is one append, so that shells that write at once lose nothing. The file that has become
 * long is renamed to `history.1.jsonl`, in place of the one that was: whoever still writes to it writes
 * to a file that is read.
 */
export function openHistoryFile(options: HistoryFileOptions): HistoryStore {
  return new HistoryFile(options);
}

/** What has been read of a file. */
interface Reading {
  /** Bytes, up to the end of a line. */
  readonly length: number;
  readonly entries: readonly HistoryEntry[];
}

const none: readonly HistoryEntry[] = [];
const unread: Reading = { length: 0, entries: none };

class HistoryFile implements HistoryStore {
  readonly #path: string;
  readonly #older: string;
  readonly #project: string;
  readonly #failed: (error: Error) => void;
  #entries: readonly HistoryEntry[] = [];
  /** The entries of both files, as {@link #entries} was made of them. */
  #parts: readonly (readonly HistoryEntry[])[] = [];
  /** By inode and date of birth, because a file that is renamed stays what it is. */
  readonly #readings = new Map<string, Reading>();

  constructor({ folder, project, failed = () => {} }: HistoryFileOptions) {
    this.#path = join(folder, 'history.jsonl');
    this.#older = join(folder, 'history.1.jsonl');
    this.#project = project;
    this.#failed = failed;
  }

  entries(): readonly HistoryEntry[] {
    const older = this.#read(this.#older);
    const newer = this.#read(this.#path);
    if (older !== this.#parts[0] || newer !== this.#parts[1]) {
      this.#parts = [older, newer];
      this.#entries = [...older, ...newer];
    }
    return this.#entries;
  }

  append(line: string): void {
    if (line.length > maxLineLength) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      const file = openSync(this.#path, 'a+', 0o600);
      try {
        const { size } = fstatSync(file);
        const record = JSON.stringify({ at: new Date().toISOString(), project: this.#project, line });
        writeSync(file, `${endsLine(file, size) ? '' : '\n'}${record}\n`);
        if (size > maxBytes) void this.#rotate();
      } finally {
        closeSync(file);
      }
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** Looks again under the lock: another shell may have done so. */
  async #rotate(): Promise<void> {
    try {
      await withLock(`${this.#path}.lock`, () => {
        if (existsSync(this.#path) && statSync(this.#path).size > maxBytes)
          renameSync(this.#path, this.#older);
      });
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** Reads what was added to a file since it was read last. */
  #read(path: string): readonly HistoryEntry[] {
    const found = statOrUndefined(path);
    if (found === undefined) return none;
    const file = `${found.ino}/${found.birthtimeMs}`;
    const before = this.#readings.get(file) ?? unread;
    if (found.size === before.length) return before.entries;
    const known = found.size < before.length ? unread : before;
    const added = readFrom(path, known.length);
    const end = added.lastIndexOf('\n') + 1;
    if (end === 0) return known.entries;
    const records = added.toString('utf8', 0, end).split('\n');
    const entries = [...known.entries, ...records.flatMap((record) => this.#parse(record))];
    this.#readings.set(file, { length: known.length + end, entries });
    return entries;
  }

  /** What a crash or another program has left there is passed over. */
  #parse(record: string): HistoryEntry[] {
    if (record === '') return [];
    try {
      const { line, project } = JSON.parse(record) as { line?: unknown; project?: unknown };
      return typeof line === 'string' ? [{ line, here: project === this.#project }] : [];
    } catch {
      return [];
    }
  }
}

function statOrUndefined(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The bytes of a file from `start` on; of one that is longer than any should be, nothing. */
function readFrom(path: string, start: number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const length = fstatSync(file).size - start;
    if (length > 4 * maxBytes) return Buffer.alloc(0);
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, start));
  } catch {
    return Buffer.alloc(0);
  } finally {
    closeSync(file);
  }
}

/** Whether the file is whole: a crash in the midst of a line must not spoil the next one. */
function endsLine(file: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
