import type { AnyErrorCode } from './error.ts';

/** For how long who waits for a server that is away goes on asking, in milliseconds: for one that is started again. */
export const serverAwayPatienceMs = 60_000;

const passing: ReadonlySet<string> = new Set<AnyErrorCode>([
  'PREFISH_SERVER_UNREACHABLE',
  'PREFISH_SERVER_ANSWER',
  'PREFISH_SERVER_INTERNAL',
  'PREFISH_SSH_FAILED',
]);

/**
 * Whether something failed because a server is away, which passes by itself once it is back. A limit that is reached
 * does not: it may take as long as the tasks that run.
 */
export function isServerAway({ code }: { readonly code: string }): boolean {
  return passing.has(code);
}
