import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PrefishError } from '@prefish/protocol';
import { keepPrivate } from './store/private-file.ts';
import { isBusy } from './store/store-error.ts';

/**
 * How long to ask for the lock, in milliseconds. Two processes that ask at the same moment may both
 * be turned away at first; one of them has it soon after.
 */
const patience = 250;

/** Another process serves this folder; code `PREFISH_SERVER_START`. */
export class AlreadyRunningError extends PrefishError {
  constructor(folder: string) {
    super('PREFISH_SERVER_START', `A prefish server is already running for ${folder}.`);
  }
}

/**
 * Takes the lock that the one server of a folder holds for as long as it lives; `shared` with others that
 * take it so. The kernel gives it back when the process ends, however it ends. Returns what gives it back earlier.
 *
 * @throws AlreadyRunningError
 */
export function takeServerLock(
  folder: string,
  { shared = false }: { readonly shared?: boolean } = {},
): () => void {
  const path = join(folder, 'lock.db');
  // Whoever can read it can hold the lock.
  keepPrivate(path);
  const database = new DatabaseSync(path, { timeout: patience });
  try {
    database.exec(shared ? 'begin; select * from sqlite_schema' : 'begin exclusive');
  } catch (cause) {
    database.close();
    if (isBusy(cause)) throw new AlreadyRunningError(folder);
    throw new PrefishError('PREFISH_SERVER_START', `${path} cannot be locked.`, {
      hint: 'Remove it if no server runs; it holds nothing.',
      cause,
    });
  }
  return () => database.close();
}
