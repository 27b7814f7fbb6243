import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock, writeDurably } from '@prefish/durable';
import { taskIdPattern, type AnyErrorCode, type SubmitTask } from '@prefish/protocol';
import type { UploadProgress } from './push-snapshot.ts';

/** A task that no server has acknowledged yet. */
export interface OutboxEntry {
  readonly version: 1;
  readonly request: SubmitTask;
  /** The folder of the shadow repository that holds the snapshot. */
  readonly shadow: string;
  readonly createdAt: string;
  /** The id of the server that it is for. Absent: that of this machine. */
  readonly server?: string;
  /** Whom that server took the user for who submitted it: no other login sends it. Absent: it knows no accounts, or an older prefish wrote this. */
  readonly login?: string;
  /** The snapshot was made independent of the user's repository, to wait for a later delivery. */
  readonly pinned?: boolean;
  /** Why it could not be delivered when it was last tried. */
  readonly trouble?: string;
  /** That was a limit which lasts until the user makes room. */
  readonly noRoom?: true;
  /** Why the server will not have it. It is kept, and delivered again only when the user says so. */
  readonly problem?: { readonly code: AnyErrorCode; readonly message: string };
}

/** What was submitted and not yet acknowledged: one synced file a task, so that no line is lost. */
export interface Outbox {
  /** Resolves once the entry would survive a crash. */
  write(entry: OutboxEntry): Promise<void>;
  read(id: string): Promise<OutboxEntry | undefined>;
  remove(id: string): Promise<void>;
  /** Oldest first. */
  list(): Promise<OutboxEntry[]>;
  /** Notes how far the upload of an entry is, for whoever lists it elsewhere; `undefined` once there is none. */
  noteUpload(id: string, progress: UploadProgress | undefined): Promise<void>;
  /** How far the upload of an entry is, as some process noted a moment ago. */
  uploadOf(id: string): Promise<UploadProgress | undefined>;
  /** Runs `use` while no other process delivers the entry. @throws the lock's `ELOCKED` */
  hold<T>(
    id: string,
    use: () => Promise<T>,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<T>;
}

/** How long it counts what was noted of an upload, in milliseconds: git tells of one that moves each second. */
const noteAgeMs = 10_000;

/** The outbox in a folder, which is made with the first entry. */
export function openOutbox(folder: string): Outbox {
  const file = (id: string): string => join(folder, `${id}.json`);
  const lock = (id: string): string => join(folder, `${id}.lock`);
  const note = (id: string): string => join(folder, `${id}.upload`);
  const read = async (id: string): Promise<OutboxEntry | undefined> => {
    try {
      return JSON.parse(await readFile(file(id), 'utf8')) as OutboxEntry;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    read,
    write: (entry) => writeDurably(file(entry.request.id), JSON.stringify(entry)),
    async noteUpload(id, progress) {
      if (progress === undefined) await rm(note(id), { force: true });
      else await writeFile(note(id), JSON.stringify(progress), { mode: 0o600 });
    },
    async uploadOf(id) {
      try {
        const { mtimeMs } = await stat(note(id));
        if (Date.now() - mtimeMs > noteAgeMs) return undefined;
        return JSON.parse(await readFile(note(id), 'utf8')) as UploadProgress;
      } catch {
        // There is none, or it is being written.
        return undefined;
      }
    },
    async remove(id) {
      // Not synced: an entry that a crash brings back is delivered again, and the same id twice is one task.
      await rm(file(id), { force: true });
      // Ids are never used again: whoever waits for this lock finds no entry.
      await rm(lock(id), { force: true });
    },
    async list() {
      const names = await readdir(folder).catch((): string[] => []);
      const ids = names.map((name) => name.replace(/\.json$/, '')).filter((id) => taskIdPattern.test(id));
      const entries = await Promise.all(ids.map(read));
      return entries.filter((entry) => entry !== undefined).sort(inOrder);
    },
    async hold(id, use, options = {}) {
      let held = false;
      const holding = (): ReturnType<typeof use> => {
        held = true;
        return use();
      };
      try {
        return await withLock(lock(id), holding, options);
      } catch (error) {
        // Removed, with the entry, by who held it meanwhile: SQLite calls that an I/O error. There is nothing to hold.
        if (held || existsSync(lock(id)) || options.signal?.aborted === true) throw error;
        return use();
      }
    },
  };
}

/** By the time of submission; siblings of one moment by their place. */
function inOrder(one: OutboxEntry, other: OutboxEntry): number {
  const place = ({ request }: OutboxEntry): number => request.group?.index ?? 0;
  return one.createdAt.localeCompare(other.createdAt) || place(one) - place(other);
}
