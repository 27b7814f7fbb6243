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
}

/**
 * An error with a code from the registry. Recognised by {@link isPrefishError}, not by
 * `instanceof`, so that two copies of this package still understand each other.
 *
 * @example
 * throw new PrefishError('PREFISH_GIT_MISSING', 'git was not found on PATH', { hint: 'apt install git' });
 */
export class PrefishError extends Error {
  override readonly name: string = 'PrefishError';
  readonly code: ErrorCodeName;
  readonly hint: string | undefined;
  readonly plugin: string | undefined;
  readonly hook: string | undefined;

  constructor(code: ErrorCodeName, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.plugin = details.plugin;
    this.hook = details.hook;
    Object.defineProperty(this, marker, { value: true });
  }

  /** prefish's exit code for this error. */
  get exitCode(): number {
    return errorCodes[this.code].exit;
  }
}

/** Whether `value` is a {@link PrefishError}, whichever copy of the package made it. */
export function isPrefishError(value: unknown): value is PrefishError {
  return typeof value === 'object' && value !== null && marker in value;
}

/** The message of anything that can be thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error as the server reports it: RFC 9457 problem JSON with the error's `code`. */
export interface Problem {
  /** `about:blank`, as RFC 9457 has it for problems that `status` describes. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCodeName;
  readonly hint?: string;
}

/** What the server answers for an error. An unknown error becomes `PREFISH_SERVER_INTERNAL`. */
export function toProblem(error: unknown): Problem {
  const known = isPrefishError(error) ? error : undefined;
  const code = known?.code ?? 'PREFISH_SERVER_INTERNAL';
  const entry: ErrorCode = errorCodes[code];
  return {
    type: 'about:blank',
    title: entry.summary,
    status: entry.status ?? 500,
    detail: errorMessage(error),
    code,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  };
}

/** The error that a problem stands for, on the client. A code of a newer server becomes `PREFISH_SERVER_REFUSED`. */
export function fromProblem(problem: Problem): PrefishError {
  const code = Object.hasOwn(errorCodes, problem.code) ? problem.code : 'PREFISH_SERVER_REFUSED';
  return new PrefishError(code, problem.detail, { hint: problem.hint });
}
