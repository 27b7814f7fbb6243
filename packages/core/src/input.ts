/** Where a line came from. A pasted prefix asks before it runs; a script's never does. */
export type Origin = 'typed' | 'pasted' | 'script' | 'api';

/** One submitted line. `text` is never trimmed. */
export interface Input {
  readonly text: string;
  readonly origin: Origin;
}
