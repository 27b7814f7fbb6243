/** `POST /v1/logins`: trades a one-time code, which `prefish users add` printed, for a token. Needs no token itself. */
export interface LoginRequest {
  readonly code: string;
  /** What the token is for, shown to its owner: the name of the machine. */
  readonly device: string;
}

/** What came of a login. The token is shown this once; the server keeps a hash of it. */
export interface Login {
  readonly token: string;
  readonly account: Account;
}

/** Whose requests these are: `GET /v1/account`. */
export interface Account {
  readonly name: string;
  readonly limits: AccountLimits;
}

/** What one account may have on a server, and what it has. */
export interface AccountLimits {
  /** Tasks that have not ended. */
  readonly tasks: { readonly most: number; readonly now: number };
  /** Bytes on disk: all that outlives its tasks. */
  readonly disk: { readonly most: number; readonly now: number };
}

/** What a token may do: everything of its account, or only look. */
export type TokenScope = 'tasks' | 'read';

/** `GET /v1/account/tokens`; `DELETE /v1/account/tokens/:id` revokes one, `current` the one that asks. Times are ISO 8601 UTC. */
export interface AccessToken {
  readonly id: string;
  readonly device: string;
  readonly scope: TokenScope;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** The one that asks. */
  readonly current: boolean;
}
