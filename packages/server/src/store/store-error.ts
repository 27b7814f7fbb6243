import { PrefishError, isPrefishError } from '@prefish/protocol';

/** Result codes of SQLite, https://www.sqlite.org/rescode.html */
const codes = { corrupt: 11, full: 13, notADatabase: 26, busy: 5 } as const;
/** The extended code of a shared-memory file that could not grow. */
const shmSize = 4874;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Whether another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return ((resultCode(error) ?? 0) & 0xff) === codes.busy;
}

/** The error to report for one of SQLite's: `PREFISH_NO_SPACE`, `PREFISH_STORE_CORRUPT`, or the same one. */
export function storeError(error: unknown, path: string): unknown {
  const code = resultCode(error);
  if (isPrefishError(error) || code === undefined) return error;
  const primary = code & 0xff;
  if (primary === codes.full || code === shmSize) {
    // Without the path: it goes to clients, too, and is none of theirs.
    return new PrefishError('PREFISH_NO_SPACE', 'The disk of the server is full.', {
      hint: 'Free some space; nothing was half-written.',
      cause: error,
    });
  }
  if (primary === codes.corrupt || primary === codes.notADatabase) {
    return new PrefishError('PREFISH_STORE_CORRUPT', `The database ${path} is damaged.`, {
      hint: `Move it away (mv '${path}' '${path}.damaged') to begin with an empty one; its tasks are lost unless it can be repaired.`,
      cause: error,
    });
  }
  return error;
}
