import { errorMessage, isPrefishError, type AnyErrorCode } from '@prefish/protocol';
import type { Services } from '../services.ts';
import type { OutboxEntry } from './outbox.ts';

/** Errors after which the same entry may be delivered later. All others are the server's last word. */
const passing: ReadonlySet<AnyErrorCode> = new Set<AnyErrorCode>([
  'PREFISH_SERVER_UNREACHABLE',
  'PREFISH_SERVER_START',
  'PREFISH_SERVER_ANSWER',
  'PREFISH_SERVER_INTERNAL',
  'PREFISH_SERVER_VERSION',
  'PREFISH_SERVER_CERTIFICATE',
  'PREFISH_SSH_FAILED',
  'PREFISH_LOGIN_REQUIRED',
  'PREFISH_SNAPSHOT_UNKNOWN',
  'PREFISH_GIT_FAILED',
  'PREFISH_GIT_MISSING',
  'PREFISH_NO_SPACE',
  'PREFISH_LIMIT',
  'PREFISH_LOCKED',
  'PREFISH_INTERRUPTED',
]);

/** Errors of the server, or of the way to it: what waits behind the entry would fail like it, or go before it. */
const ofServer: ReadonlySet<AnyErrorCode> = new Set<AnyErrorCode>([
  'PREFISH_SERVER_UNREACHABLE',
  'PREFISH_SERVER_START',
  'PREFISH_SERVER_ANSWER',
  'PREFISH_SERVER_VERSION',
  'PREFISH_SERVER_CERTIFICATE',
  'PREFISH_SSH_FAILED',
  'PREFISH_LOGIN_REQUIRED',
]);

/**
 * Whether what keeps an entry from being delivered keeps back all that was submitted after it, too. A limit that
 * passes by itself does: others would go before it. One that lasts until somebody makes room does not.
 */
export function holdsUpOthers(error: unknown): boolean {
  if (!isPrefishError(error)) return false;
  return ofServer.has(error.code) || (error.code === 'PREFISH_LIMIT' && !isLastingLimit(error));
}

/** Whether a limit of the server was met that somebody has to make room for. */
function isLastingLimit(error: unknown): boolean {
  return isPrefishError(error) && error.code === 'PREFISH_LIMIT' && error.retryAfter === undefined;
}

/** Errors that last until the user does something about them. */
const untilMended: ReadonlySet<AnyErrorCode> = new Set<AnyErrorCode>([
  'PREFISH_LOGIN_REQUIRED',
  'PREFISH_SERVER_VERSION',
  'PREFISH_SERVER_CERTIFICATE',
  'PREFISH_GIT_MISSING',
]);

/** Whether an entry that failed like this waits for the user: to try it again and again by itself is no use. */
export function waitsForUser(error: unknown): boolean {
  if (!isPrefishError(error)) return false;
  // ssh would have to ask: to be refused again and again may get an address locked out.
  if (error.code === 'PREFISH_SSH_FAILED')
    return /Permission denied|Host key verification/.test(error.message);
  return untilMended.has(error.code) || isLastingLimit(error);
}

/** When an entry goes out that is kept, for people. */
export function whenItGoes({ deliversLater }: Pick<Services, 'deliversLater'>, error?: unknown): string {
  if (isLastingLimit(error)) return 'with the next prefish command, once there is room';
  if (isPrefishError(error) && error.code === 'PREFISH_LOGIN_REQUIRED') return 'once you have logged in';
  if (waitsForUser(error)) return 'with the next prefish command, once that is mended';
  return deliversLater
    ? 'by itself, once it can: prefish tasks ls shows it'
    : 'with the next prefish command, once it can';
}

/** Whether an entry that failed like this is worth another delivery. */
export function mayPass(error: unknown): boolean {
  return !isPrefishError(error) || passing.has(error.code);
}

/** The entry with why it could not be delivered now. */
export function troubled(entry: OutboxEntry, error: unknown): OutboxEntry {
  const { noRoom: _, ...rest } = entry;
  return { ...rest, trouble: errorMessage(error), ...(isLastingLimit(error) && { noRoom: true }) };
}

/** The entry with the reason why it cannot be delivered. It is kept for the user to look at, and no credential with it. */
export function refused(entry: OutboxEntry, error: unknown): OutboxEntry {
  const code = isPrefishError(error) ? error.code : 'PREFISH_SERVER_REFUSED';
  const { models: _, ...request } = entry.request;
  return { ...entry, request, problem: { code, message: errorMessage(error) } };
}
