import { PrefishError } from '@prefish/protocol';

/** Refuses a request where there are seconds to wait before the next one. @throws PREFISH_LIMIT */
export function refuseTooMany(seconds: number, message: string): void {
  if (seconds === 0) return;
  throw new TooManyRequests(message, Math.ceil(seconds));
}

/** Somebody asks too often; code `PREFISH_LIMIT`. */
export class TooManyRequests extends PrefishError {
  /** In how many seconds to ask again. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super('PREFISH_LIMIT', message, { hint: `Try again in ${retryAfter} s.` });
    this.retryAfter = retryAfter;
  }
}
