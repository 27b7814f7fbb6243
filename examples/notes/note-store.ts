import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A note; with a `due` time (ISO 8601) it is a reminder, until it is `done`. */
export interface Note {
  readonly id: number;
  readonly text: string;
  readonly created: string;
  readonly due: string | null;
  readonly done: string | null;
}

const schema = `
  create table if not exists note (id integer primary key, text text, created text, due text, done text);
  create virtual table if not exists words using fts5 (text, content = 'note', content_rowid = 'id');
  create trigger if not exists note_words after insert on note begin
    insert into words (rowid, text) values (new.id, new.text);
  end;`;

/** Notes in an SQLite file, found by their words. */
export class NoteStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#database.exec(schema);
  }

  add(text: string, due?: Date): Note {
    const insert = 'insert into note (text, created, due) values (?, ?, ?) returning *';
    return this.#all(insert, text, new Date().toISOString(), due?.toISOString() ?? null)[0]!;
  }

  /** Newest first. */
  all(): Note[] {
    return this.#all('select * from note order by id desc');
  }

  /** The notes that hold words beginning with each of `text`, best first. */
  search(text: string): Note[] {
    const words = text.split(/\s+/).map((word) => `"${word.replaceAll('"', '""')}"*`);
    const matching = 'select note.* from words join note on note.id = words.rowid where words match ?';
    return this.#all(`${matching} order by rank`, words.join(' '));
  }

  reminders(): Note[] {
    return this.all().filter(({ due }) => due !== null);
  }

  finish(id: number): void {
    this.#database.prepare('update note set done = ? where id = ?').run(new Date().toISOString(), id);
  }

  close(): void {
    this.#database.close();
  }

  #all(sql: string, ...values: (string | null)[]): Note[] {
    return this.#database.prepare(sql).all(...values) as unknown as Note[];
  }
}
