/** Where a line came from. A pasted prefix asks before it runs; a script's never does. */
export type Origin = 'typed' | 'pasted' | 'script' | 'api';

/** One submitted line. `text` is never trimmed. */
export interface Input {
  readonly text: string;
  readonly origin: Origin;
  /** The id of the prefix that was active, where one was (a sticky one): the whole text is its body. */
  readonly prefix?: string;
  /** Where it is one of several lines that were pasted at once: all of them, the same array for each. */
  readonly paste?: readonly string[];
  /** No line follows it in this shell: what it would leave to the next need not be kept. */
  readonly last?: true;
}

/** How a line came to be. */
export type Provenance = Pick<Input, 'origin' | 'paste' | 'last'>;
