import { PrefishError, errorMessage, isPrefishError } from '@prefish/protocol';

/** SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const states = {
  /** Two transactions were in each other's way; one of them is to begin again. */
  conflict: new Set(['40001', '40P01', '55P03']),
  unique: '23505',
  invalidValue: '22023',
  /** It shuts down, starts up, has too many clients, or ended a transaction that did nothing. */
  away: /^(08...|57P0[1-3]|53300|25P03)$/,
  full: new Set(['53100', '53200']),
  damaged: /^XX00[12]$/,
} as const;

/** What the system says of a connection. A socket that is not there (`ENOENT`) belongs to a database that does not run. */
const lost = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What `pg` says of one, without a code. */
const lostInWords =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|client was closed/i;

/** Whether nobody answered: what was asked may have been done, or not. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || isPrefishError(error)) return false;
  // Of several addresses that were tried.
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  const code = codeOf(error);
  return code === undefined ? lostInWords.test(error.message) : lost.has(code) || states.away.test(code);
}

/** Whether another transaction was in the way: the same again may do. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (states.conflict.has(code) || code === states.unique);
}

/** Whether a function of Postgres takes no such value: of a number of a transaction, that there is none yet. */
export function isInvalidValue(error: unknown): boolean {
  return codeOf(error) === states.invalidValue;
}

/** The error to report for one of Postgres’: `PREFISH_STORE_UNREACHABLE`, `PREFISH_NO_SPACE`, `PREFISH_STORE_CORRUPT`, or the same one. */
export function postgresError(error: unknown): unknown {
  const code = codeOf(error);
  if (isPrefishError(error)) return error;
  if (isUnreachable(error)) {
    return new PrefishError(
      'PREFISH_STORE_UNREACHABLE',
      `The database of the server does not answer: ${errorMessage(error)}`,
      { hint: 'See whether Postgres runs, and answers this host.', cause: error },
    );
  }
  if (code === undefined) return error;
  if (states.full.has(code)) {
    return new PrefishError('PREFISH_NO_SPACE', 'The database of the server has no room left.', {
      hint: 'Free some space there; nothing was half-written.',
      cause: error,
    });
  }
  if (states.damaged.test(code)) {
    return new PrefishError(
      'PREFISH_STORE_CORRUPT',
      `The database of the server is damaged: ${errorMessage(error)}`,
      {
        hint: 'Restore it from a backup.',
        cause: error,
      },
    );
  }
  return error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
