import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock, writeDurably } from '@prefish/durable';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import type { GrantedTrust, TrustedFolder } from './trust.ts';

/** Everything that was answered about one folder. */
export interface TrustRecord extends TrustedFolder {
  /** Contents to which the answer was "never", newest first. */
  readonly declined: readonly Pick<GrantedTrust, 'at' | 'files'>[];
}

interface StoredTrust {
  readonly version: 1;
  readonly folders: readonly TrustRecord[];
}

/** Of each folder; enough for the branches of a repository. */
const mostAnswers = 20;

/** The file `trust.json`: what the user has answered, by folder. */
export class TrustStore {
  readonly #path: string;

  constructor(folders: Pick<Folders, 'data'>) {
    this.#path = join(folders.data, 'trust.json');
  }

  /** @throws PREFISH_CONFIG_UNREADABLE when the file is there and cannot be understood */
  async folders(): Promise<readonly TrustRecord[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw this.#unreadable(error);
    }
    try {
      const stored = JSON.parse(text) as StoredTrust;
      if (stored.version !== 1) throw new Error('it was written by a newer prefish');
      return stored.folders.map(checked);
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  async folder(root: string): Promise<TrustRecord> {
    return (await this.folders()).find((folder) => folder.root === root) ?? emptyRecord(root);
  }

  /** Replaces what is recorded about a folder by what `change` makes of it. Nothing left: the folder is forgotten. */
  async update(root: string, change: (record: TrustRecord) => TrustRecord): Promise<void> {
    await withLock(`${this.#path}.lock`, async () => {
      const folders = await this.folders();
      const { grants, declined } = change(
        folders.find((folder) => folder.root === root) ?? emptyRecord(root),
      );
      const changed = {
        root,
        grants: grants.slice(0, mostAnswers),
        declined: declined.slice(0, mostAnswers),
      };
      const others = folders.filter((folder) => folder.root !== root);
      const kept = changed.grants.length + changed.declined.length > 0 ? [changed, ...others] : others;
      const stored: StoredTrust = { version: 1, folders: kept };
      await writeDurably(this.#path, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 });
    });
  }

  #unreadable(cause: unknown): PrefishError {
    return new PrefishError(
      'PREFISH_CONFIG_UNREADABLE',
      `${this.#path}, which says what is trusted, cannot be read`,
      {
        cause,
        hint: 'Remove it: then every folder asks again.',
      },
    );
  }
}

function emptyRecord(root: string): TrustRecord {
  return { root, grants: [], declined: [] };
}

function checked(record: TrustRecord): TrustRecord {
  const answers = [...record.grants, ...record.declined];
  if (typeof record.root !== 'string' || answers.some(({ files }) => typeof files !== 'object')) {
    throw new TypeError('it does not hold what prefish writes');
  }
  return record;
}
