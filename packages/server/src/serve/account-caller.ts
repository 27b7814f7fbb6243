import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TokenScope } from '@prefish/protocol';
import type { Caller } from '../api/caller.ts';

/** Somebody who has an account, by a token or a browser’s session. */
export interface AccountCaller extends Caller {
  readonly scope: TokenScope;
  /** The id of the token; absent for a browser. */
  readonly token?: string | undefined;
  /** What the caller calls this server: `https://prefish.example.com`. */
  readonly origin: string;
  readonly address: string;
}

/** What comes with a request of an account. */
export interface AccountEnvironment {
  readonly Bindings: {
    readonly caller: AccountCaller;
    /** The request and its answer as Node has them, where they came over a connection. */
    readonly incoming?: IncomingMessage;
    readonly outgoing?: ServerResponse;
  };
  readonly Variables: {
    /** Aborted once the caller’s token or account is revoked. */
    granted: AbortSignal;
  };
}
