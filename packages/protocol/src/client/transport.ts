/** One HTTP request, without an origin. */
export interface TransportRequest {
  readonly method: string;
  /** Path and query, beginning with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * After how many milliseconds without a byte the body has broken off, where a network may have lost the other end
   * without a word. Unset, it is waited for.
   */
  readonly silence?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The head of an answer, and its body as it arrives. */
export interface TransportResponse {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries requests to one server: over a unix socket, TCP, or in a test straight into the server's
 * handler. Rejects with `PREFISH_SERVER_UNREACHABLE` when nobody answers.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
