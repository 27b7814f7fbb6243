import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/core';
import { removeLeftovers, withLock, writeDurably } from '@prefish/durable';

/** Values by the names of their variables. */
export type Keys = Readonly<Record<string, string>>;

/** Several times what all keys have at their longest. */
const mostBytes = 1024 * 1024;

/** The keys that `prefish keys` keeps: one file that its owner alone can read. */
export class KeyStore {
  readonly file: string;
  readonly #folder: string;

  /** @param folder where the file is: prefish's data */
  constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, 'keys.json');
  }

  /** @throws PREFISH_KEYS_UNREADABLE for a file that others can read, or that is none of ours */
  async read(): Promise<Keys> {
    let text: string;
    try {
      const stats = await stat(this.file);
      const { mode, uid, size } = stats;
      // To read a pipe would be to wait for whoever writes to it.
      if (!stats.isFile() || size > mostBytes) throw notOurs(this.file);
      if ((mode & 0o077) !== 0) {
        throw unreadable(`Others can read or change the keys in ${this.file}`, `chmod 600 ${this.file}`);
      }
      if (process.getuid !== undefined && uid !== process.getuid() && process.getuid() !== 0) {
        throw unreadable(`The keys in ${this.file} are somebody else's`, `Remove the file.`);
      }
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      if (error instanceof PrefishError) throw error;
      throw unreadable(`The keys cannot be read: ${errorMessage(error)}`, `See to ${this.file}.`, error);
    }
    const keys = parse(text);
    if (keys !== undefined) return keys;
    throw notOurs(this.file);
  }

  /** @throws PREFISH_KEYS_UNREADABLE */
  set(name: string, value: string, signal: AbortSignal): Promise<void> {
    return this.#change((keys) => ({ ...keys, [name]: value }), signal);
  }

  /**
   * Forgets a key, and says whether there was one.
   *
   * @throws PREFISH_KEYS_UNREADABLE
   */
  async remove(name: string, signal: AbortSignal): Promise<boolean> {
    let had = false;
    await this.#change(({ [name]: removed, ...others }) => {
      had = removed !== undefined;
      return others;
    }, signal);
    return had;
  }

  async #change(change: (keys: Keys) => Keys, signal: AbortSignal): Promise<void> {
    await withLock(
      join(this.#folder, 'keys.lock'),
      async () => {
        await removeLeftovers(this.file);
        const changed = change(await this.read());
        await writeDurably(this.file, `${JSON.stringify(changed, undefined, 2)}\n`);
      },
      { signal },
    );
  }
}

function parse(text: string): Keys | undefined {
  try {
    const keys = JSON.parse(text) as unknown;
    const isKeys =
      typeof keys === 'object' &&
      keys !== null &&
      !Array.isArray(keys) &&
      Object.values(keys).every((value) => typeof value === 'string');
    return isKeys ? (keys as Keys) : undefined;
  } catch {
    return undefined;
  }
}

/** What stands in the file may be a secret: none of it goes into a message. */
function notOurs(file: string): PrefishError {
  return unreadable(`${file} holds no keys as prefish writes them`, 'Remove it, and set them again.');
}

function unreadable(message: string, hint: string, cause?: unknown): PrefishError {
  return new PrefishError('PREFISH_KEYS_UNREADABLE', message, { hint, cause });
}
