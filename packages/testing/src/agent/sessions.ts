import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** One message of a session. */
export interface Said {
  readonly role: 'user' | 'agent';
  readonly text: string;
}

/** A conversation, and the turn of it that is under way. */
export interface Session {
  readonly id: string;
  readonly cwd: string;
  readonly said: Said[];
  turn?: AbortController;
}

/** The sessions of this process; those of others too, where they are kept in a folder. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  create(cwd: string): Session {
    return this.#opened({ id: `fake-${randomUUID()}`, cwd, said: [] });
  }

  get(id: string): Session | undefined {
    return this.#open.get(id);
  }

  /** The session as it was kept; `undefined` when there is none such. */
  async load(id: string, cwd: string): Promise<Session | undefined> {
    if (this.#folder === undefined || !/^fake-[\w-]+$/.test(id)) return undefined;
    const text = await readFile(join(this.#folder, `${id}.json`), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : this.#opened({ id, cwd, said: JSON.parse(text) as Said[] });
  }

  async keep({ id, said }: Session): Promise<void> {
    if (this.#folder === undefined) return;
    await mkdir(this.#folder, { recursive: true });
    await writeFile(join(this.#folder, `${id}.json`), JSON.stringify(said));
  }

  #opened(session: Session): Session {
    this.#open.set(session.id, session);
    return session;
  }
}
