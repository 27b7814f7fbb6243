import { createHash, randomBytes } from 'node:crypto';
import { PrefishError, type TokenScope } from '@prefish/protocol';

/** How long a code may be used, in milliseconds. */
const lifetime = 2 * 60_000;
/** How many codes of an account may wait to be used: more than anybody opens in two minutes. */
const mostCodes = 20;

/** Whose session a code opens. */
export interface SignInGrant {
  /** The name of an account, or '' where a server has one user. */
  readonly account: string;
  readonly scope: TokenScope;
  /** When the account was let in; what was opened before it was revoked and let in again opens nothing. */
  readonly since?: string;
}

/** The codes that wait to be exchanged for a session: each once, and soon. They do not outlive the server. */
export class SignInCodes {
  /** When each ends, as `performance.now()` tells it, and what it opens, by the hash of the code. */
  readonly #waiting = new Map<string, SignInGrant & { readonly end: number }>();

  create(grant: SignInGrant): { readonly code: string; readonly expiresAt: string } {
    this.#forgetOld();
    this.#makeRoom(grant.account);
    const code = randomBytes(18).toString('base64url');
    // A clock that is set back does not make it last.
    this.#waiting.set(hashOf(code), { ...grant, end: performance.now() + lifetime });
    return { code, expiresAt: new Date(Date.now() + lifetime).toISOString() };
  }

  /** Uses a code up. @throws PREFISH_SIGN_IN_CODE */
  use(code: string): SignInGrant {
    this.#forgetOld();
    const hash = hashOf(code);
    const grant = this.#waiting.get(hash);
    if (grant !== undefined && this.#waiting.delete(hash)) return grant;
    throw new PrefishError(
      'PREFISH_SIGN_IN_CODE',
      'This code was used already, is older than two minutes, or never was one.',
      { hint: 'prefish tasks open gives a new one.' },
    );
  }

  #forgetOld(): void {
    for (const [hash, { end }] of this.#waiting) if (end <= performance.now()) this.#waiting.delete(hash);
  }

  #makeRoom(account: string): void {
    const own = [...this.#waiting].filter(([, waiting]) => waiting.account === account);
    if (own.length >= mostCodes) this.#waiting.delete(own[0]![0]);
  }
}

/** What is kept of a secret. One of this length cannot be guessed, so a plain hash is enough. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
