import { createHash, randomBytes } from 'node:crypto';
import { PrefishError } from '@prefish/protocol';

/** How long a code may be used, in milliseconds. */
const lifetime = 2 * 60_000;
/** How many codes may wait to be used: more than anybody opens in two minutes. */
const mostCodes = 20;

/** The codes that wait to be exchanged for a session: each once, and soon. They do not outlive the server. */
export class SignInCodes {
  /** When each ends, by the hash of the code. */
  readonly #ends = new Map<string, number>();

  create(): { readonly code: string; readonly expiresAt: string } {
    this.#forgetOld();
    if (this.#ends.size >= mostCodes) this.#ends.delete(this.#ends.keys().next().value!);
    const code = randomBytes(18).toString('base64url');
    const end = Date.now() + lifetime;
    this.#ends.set(hashOf(code), end);
    return { code, expiresAt: new Date(end).toISOString() };
  }

  /** Uses a code up. @throws PREFISH_SIGN_IN_CODE */
  use(code: string): void {
    this.#forgetOld();
    if (this.#ends.delete(hashOf(code))) return;
    throw new PrefishError(
      'PREFISH_SIGN_IN_CODE',
      'This code was used already, is older than two minutes, or never was one.',
      { hint: 'prefish tasks open gives a new one.' },
    );
  }

  #forgetOld(): void {
    for (const [hash, end] of this.#ends) if (end <= Date.now()) this.#ends.delete(hash);
  }
}

/** What is kept of a secret. One of this length cannot be guessed, so a plain hash is enough. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
