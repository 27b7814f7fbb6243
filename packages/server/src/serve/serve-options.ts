import type { AuditRetention } from '../auth/audit-retention.ts';

/** How a server is reached by others. */
export interface ServeOptions {
  /** An address or a name of this machine, and a port; 0 is any. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The certificate and its key, as PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** A proxy ends TLS, and is the only one that reaches this server: what it says in `X-Forwarded-…` is believed. */
  readonly behindProxy?: boolean | undefined;
  /** Where clients find the server, where that is not what they call it themselves: `https://prefish.example.com`. */
  readonly url?: string | undefined;
  readonly limits?: Partial<ServeLimits> | undefined;
  /** How long a connection lasts on which nothing moves, in milliseconds; a minute where nothing is said. */
  readonly idle?: number | undefined;
  /** How long the audit is kept; {@link import('../auth/audit-retention.ts').defaultAuditRetention} where nothing is said. */
  readonly audit?: Partial<AuditRetention> | undefined;
}

/** What one account may have. */
export interface ServeLimits {
  /** Tasks that have not ended. */
  readonly tasks: number;
  /** Tasks that run, or ask something, at the same time; as many as there are workers, where nothing is said. */
  readonly running?: number;
  /** Bytes on disk. */
  readonly disk: number;
  readonly repositories: number;
  /** Requests a second, in the long run. */
  readonly requests: number;
  /** Requests that are being answered at the same time, streams among them. */
  readonly concurrent: number;
  /** Transfers of git at the same time. */
  readonly transfers: number;
}

/** The limits where nothing else is said. */
export const defaultLimits: ServeLimits = {
  tasks: 200,
  disk: 20 * 2 ** 30,
  repositories: 500,
  requests: 50,
  concurrent: 200,
  transfers: 4,
};
