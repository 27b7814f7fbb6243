import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '@prefish/core';
import { isFinal } from '@prefish/protocol';

/** What is written down of a background shell. Its holder alone writes it. */
export interface ShellRecord {
  readonly task: Task;
  /** The first process of the line, and the mark by which all that it started are known. */
  readonly pid: number;
  readonly mark: string;
  /** Where the holder listens for as long as it lives. */
  readonly socket: string;
}

/** How many shells that have ended are remembered. */
const remembered = 50;
const idPattern = /^s[1-9]\d*$/;

/** The background shells of this user: a folder for each, with its record and its transcript. */
export class ShellRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where changes can be watched: every record is below it. */
  get folder(): string {
    return this.#folder;
  }

  pathOf(id: string): string {
    return join(this.#folder, id);
  }

  /** Makes the folder of a new shell. Ids are short, and never given twice: `s1`, `s2` … */
  create(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const last = join(this.#folder, 'last');
    for (let number = Math.max(this.#ids()[0] ?? 0, Number(readOrEmpty(last)) || 0) + 1; ; number++) {
      try {
        mkdirSync(this.pathOf(`s${number}`), { mode: 0o700 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      writeFileSync(last, String(number), { mode: 0o600 });
      this.#forgetOld();
      return `s${number}`;
    }
  }

  /** The record of a shell; `undefined` when there is none (any more), or its holder has not begun. */
  read(id: string): ShellRecord | undefined {
    const text = idPattern.test(id) ? readOrEmpty(join(this.pathOf(id), 'record.json')) : '';
    return text === '' ? undefined : (JSON.parse(text) as ShellRecord);
  }

  /** Newest first. */
  list(): readonly ShellRecord[] {
    return this.#ids().flatMap((number) => this.read(`s${number}`) ?? []);
  }

  /** Replaces the record, so that a reader sees the old one or the new one whole. */
  write(record: ShellRecord): void {
    const path = join(this.pathOf(record.task.id), 'record.json');
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  remove(id: string): void {
    rmSync(this.pathOf(id), { recursive: true, force: true });
  }

  #forgetOld(): void {
    const ended = this.list().filter(({ task }) => isFinal(task.state));
    for (const { task } of ended.slice(remembered)) this.remove(task.id);
  }

  #ids(): readonly number[] {
    let names: readonly string[] = [];
    try {
      names = readdirSync(this.#folder);
    } catch {
      // No shell was ever in the background.
    }
    return names
      .filter((name) => idPattern.test(name))
      .map((name) => Number(name.slice(1)))
      .sort((one, other) => other - one);
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
