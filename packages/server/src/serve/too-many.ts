import { PrefishError } from '@prefish/protocol';

/** Refuses a request where there are seconds to wait before the next one. @throws PREFISH_LIMIT */
export function refuseTooMany(seconds: number, message: string): void {
  if (seconds > 0) throw tooMany(message, Math.ceil(seconds));
}

/** Somebody asks too often, or too much at once: a limit that passes in so many seconds. */
export function tooMany(message: string, retryAfter: number): PrefishError {
  return new PrefishError('PREFISH_LIMIT', message, { hint: `Try again in ${retryAfter} s.`, retryAfter });
}
