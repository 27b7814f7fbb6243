import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request shows the token of its attempt, in one of the places where clients of model APIs put a
 * key: `x-api-key`, `authorization: Bearer`, `x-goog-api-key`, `?key=`.
 */
export function showsToken(headers: IncomingHttpHeaders, query: URLSearchParams, token: string): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const shown = [bearer, headers['x-api-key'], headers['x-goog-api-key'], ...query.getAll('key')];
  return shown.some((value) => typeof value === 'string' && isSame(value, token));
}

/** In constant time: digests have one length, whatever is compared. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((value) => createHash('sha256').update(value).digest());
  return timingSafeEqual(a!, b!);
}
