import { Counts } from '../counts.ts';
import type { Log } from '../log.ts';
import type { Accounts } from './accounts.ts';

/** By what something that goes on for long was let in. */
export interface LiveGrant {
  readonly account: string;
  /** The id of the token; absent for a browser, whose session ends by itself. */
  readonly token?: string | undefined;
}

interface Watched {
  readonly grant: LiveGrant;
  readonly end: AbortController;
}

/** How often it is looked whether a command has revoked something, in milliseconds, while there is anything to end. */
const interval = 500;

/** Ends what goes on for long (streams, transfers) once the token or the account that it was let in by is revoked. */
export class LiveGrants {
  readonly #accounts: Accounts;
  readonly #log: Log;
  readonly #watched = new Set<Watched>();
  readonly #counts = new Counts();
  #timer: NodeJS.Timeout | undefined;
  #version: number;

  constructor(accounts: Accounts, log: Log) {
    this.#accounts = accounts;
    this.#log = log;
    this.#version = accounts.version();
  }

  /** A signal that is aborted when the grant is gone; `done` says that nobody needs it any more. */
  watch(grant: LiveGrant): { readonly signal: AbortSignal; done(): void } {
    const watched = { grant, end: new AbortController() };
    this.#watched.add(watched);
    this.#counts.add(grant.account, 1);
    this.#timer ??= setInterval(() => this.#look(), interval);
    return {
      signal: watched.end.signal,
      done: () => {
        if (this.#watched.delete(watched)) this.#counts.add(grant.account, -1);
        if (this.#watched.size === 0) this.close();
      },
    };
  }

  /** How much of an account is going on. */
  countOf(account: string): number {
    return this.#counts.of(account);
  }

  /** Ends what is no longer granted. */
  async check(): Promise<void> {
    for (const { grant, end } of this.#watched) {
      const { account, token } = grant;
      const held = token === undefined ? this.#accounts.isActive(account) : this.#accounts.holds(token);
      if (!(await held)) end.abort();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const version = this.#accounts.version();
    if (version === this.#version) return;
    this.#version = version;
    this.check().catch((error: unknown) =>
      this.#log('error', 'it could not be seen what was revoked', { error: String(error) }),
    );
  }
}
