import { errorCodes, type ErrorCode, type ErrorCodeName } from './error-codes.ts';

const marker = Symbol.for('prefish.error');

/** What may be told about an error besides its message. */
export interface ErrorDetails {
  /** What to do about it, in one line. */
  readonly hint?: string | undefined;
  /** The plugin in which it arose. */
  readonly plugin?: string | undefined;
  /** The hook or handler in which it arose: `dispatch`, `setup`, `prefix shell` … */
  readonly hook?: string | undefined;
  readonly cause?: unknown;
  /** prefish's exit code for it, where that is not the one of its code; a plugin's own codes have 1. */
  readonly exit?: ErrorCode['exit'] | undefined;
  /** In how many seconds the same may be tried again, where it passes by itself. */
  readonly retryAfter?: number | undefined;
}

/** A code of the registry, or one that a plugin of somebody else gives its own errors: `PLUGIN_NOTES_EMPTY`. */
export type AnyErrorCode = ErrorCodeName | `PLUGIN_${string}`;

/**
 * An error with a code from the registry, or with a plugin's own. Recognised by {@link isPrefishError}, not by
 * `instanceof`, so that two copies of this package still understand each other.
 *
 * @example
 * throw new PrefishError('PREFISH_GIT_MISSING', 'git was not found on PATH', { hint: 'apt install git' });
 */
export class PrefishError extends Error {
  override readonly name: string = 'PrefishError';
  readonly code: AnyErrorCode;
  readonly hint: string | undefined;
  readonly plugin: string | undefined;
  readonly hook: string | undefined;
  /** prefish's exit code for this error. */
  readonly exitCode: ErrorCode['exit'];
  /** In how many seconds the same may be tried again; absent where nobody knows, or where waiting does not help. */
  readonly retryAfter: number | undefined;

  constructor(code: AnyErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.plugin = details.plugin;
    this.hook = details.hook;
    this.exitCode = details.exit ?? registered(code)?.exit ?? 1;
    this.retryAfter = details.retryAfter;
    Object.defineProperty(this, marker, { value: true });
  }
}

function registered(code: string): ErrorCode | undefined {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCodeName] : undefined;
}

/** Whether `value` is a {@link PrefishError}, whichever copy of the package made it. */
export function isPrefishError(value: unknown): value is PrefishError {
  return typeof value === 'object' && value !== null && marker in value;
}

/** The message of anything that can be thrown. */
export function errorMessage(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    // An object that cannot be made a string of: `Object.create(null)`.
    return typeof thrown;
  }
}

/** An error as the server reports it: RFC 9457 problem JSON with the error's `code`. */
export interface Problem {
  /** `about:blank`, as RFC 9457 has it for problems that `status` describes. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: AnyErrorCode;
  readonly hint?: string;
  /** As the header `Retry-After`. A limit without it does not pass by itself. */
  readonly retryAfter?: number;
}

/** What the server answers for an error. An unknown error becomes `PREFISH_SERVER_INTERNAL`. */
export function toProblem(error: unknown): Problem {
  const known = isPrefishError(error) ? error : undefined;
  const code = known?.code ?? 'PREFISH_SERVER_INTERNAL';
  const entry = registered(code);
  return {
    type: 'about:blank',
    title: entry?.summary ?? errorMessage(error),
    status: entry?.status ?? 500,
    detail: errorMessage(error),
    code,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    ...(known?.retryAfter === undefined ? {} : { retryAfter: known.retryAfter }),
  };
}

/** The error that a problem stands for, on the client. A code of a newer server becomes `PREFISH_SERVER_REFUSED`. */
export function fromProblem(problem: Problem): PrefishError {
  const code = Object.hasOwn(errorCodes, problem.code) ? problem.code : 'PREFISH_SERVER_REFUSED';
  return new PrefishError(code, problem.detail, { hint: problem.hint, retryAfter: problem.retryAfter });
}
