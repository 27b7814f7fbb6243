import { PrefishError, type ErrorCodeName } from '@prefish/protocol';

/** What the system says no to, whoever asks: errno(3). */
const refusals: Readonly<
  Record<string, { readonly what: string; readonly code: ErrorCodeName; readonly hint: string }>
> = {
  ENOSPC: full('The disk is full'),
  EDQUOT: full('The quota of the disk is reached'),
  EMFILE: refused('prefish has too many files open', 'ulimit -n says how many it may have.'),
  ENFILE: refused('The system has too many files open', 'Close what is not needed.'),
  ENOMEM: refused('There is no memory left', 'Close what is not needed.'),
  EACCES: refused('Permission denied', 'Make it readable and writable for you.'),
  EPERM: refused('The system does not permit it', 'Make it readable and writable for you.'),
  EROFS: refused('The disk is read-only', 'Mount it so that it can be written, or work elsewhere.'),
  EIO: refused('The disk cannot be read or written', 'The log of the system may say why: dmesg.'),
};

function full(what: string): (typeof refusals)[string] {
  return { what, code: 'PREFISH_NO_SPACE', hint: 'Make room on it: prefish du says what prefish keeps.' };
}

function refused(what: string, hint: string): (typeof refusals)[string] {
  return { what, code: 'PREFISH_SYSTEM', hint };
}

/** The error to report for one of Node's that is the system's, nobody's mistake; nothing for any other. */
export function systemFailure(cause: unknown): PrefishError | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code = '', syscall, path, dest } = cause as NodeJS.ErrnoException & { readonly dest?: string };
  const refusal = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  // Only what a call to the system said: a plugin may use such a code for errors of its own.
  if (refusal === undefined || typeof syscall !== 'string') return undefined;
  const where = [syscall, path, dest].filter((part) => typeof part === 'string').join(' ');
  const { what, hint } = refusal;
  return new PrefishError(refusal.code, `${what} (${where})`, { cause, hint });
}
