import type { Turn } from './script.ts';
import type { Call } from './tools.ts';

/** What the model answers: words, then perhaps the use of a tool. */
export interface Reply {
  readonly text: string;
  readonly call?: Call & { readonly id: string };
}

/** One event of a stream (server-sent events, WHATWG HTML 9.2). */
export interface StreamEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** How one API asks for an answer and wants it. Bodies are as the client sent them: nothing is checked. */
export interface Protocol {
  readonly api: 'anthropic' | 'openai' | 'google';
  /** Whether a POST to this path asks for an answer. */
  takes(path: string): boolean;
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of another program.
  read(body: any, path: string): Turn;
  /** The answer as one document. */
  whole(turn: Turn, reply: Reply): unknown;
  /** The same, piece by piece. */
  pieces(turn: Turn, reply: Reply): readonly StreamEvent[];
}
