import type { IncomingMessage } from 'node:http';
import type { AuditAction } from '../auth/audit.ts';

/** Who asks. Whoever hands a request to the API has found that out before. */
export interface Caller {
  /** Whose tasks and mirrors these are: the name of an account, or '' where a server has one user. */
  readonly owner: string;
  /** It says things to tasks, and nothing that they would run. */
  readonly isBrowser?: true;
  /** Writes down what the caller did; durable when it resolves. */
  record(action: AuditAction, details?: { readonly task?: string; readonly repo?: string }): Promise<void>;
  /** Counts so many bytes of a body that are in memory until the answer. @throws PREFISH_LIMIT where there is no room */
  hold?(bytes: number): void;
}

/** What comes with a request of the API. */
export interface ApiEnvironment {
  readonly Bindings: {
    readonly caller: Caller;
    /** The request as Node has it, where it came over a connection. */
    readonly incoming?: IncomingMessage;
  };
}

/** The one user of a server that only they can reach: nobody keeps a record of what they do. */
export const localCaller: Caller = { owner: '', record: async () => {} };
