import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { loginCodeGroups, loginCodeLetters } from '@prefish/protocol';

/** What is kept of a secret. One that is random and this long cannot be guessed, so a plain hash is enough. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether a secret is the one of this hash; takes as long either way. */
export function matches(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOf(secret), hash);
}

/** A code to log in with, to be read out and typed: 100 bits, `7K2QD-…` in four groups. */
export function createCode(): string {
  const { count, length } = loginCodeGroups;
  const group = (): string =>
    Array.from(randomBytes(length), (byte) => loginCodeLetters[byte % loginCodeLetters.length]).join('');
  return Array.from({ length: count }, group).join('-');
}

/** A token: the id that it is listed under, and a secret of 256 bits. Secret scanners know it by its beginning. */
export function createToken(): { readonly token: string; readonly id: string; readonly secret: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { token: `prefish_${id}_${secret}`, id, secret };
}

/** The parts of a token; `undefined` for what is none. */
export function parseToken(token: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = /^prefish_([0-9a-f]{16})_([\w-]{43})$/.exec(token) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
