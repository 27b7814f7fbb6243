import type { Exit, Task } from '@prefish/protocol';

/** What became of a line. Handlers describe it; presenters print it. */
export type Outcome =
  /**
   * It was done. `exit` is that of a program which the line ran; `data` is what `--json` prints;
   * `context` is what whoever takes plain text should know of it, with the next message: an agent
   * hears of the output of `!npm test`, and of nothing that `!!` printed.
   */
  | {
      readonly type: 'ok';
      readonly message?: string;
      readonly data?: unknown;
      readonly exit?: Exit;
      readonly context?: string;
    }
  /** It goes on as a background task. */
  | { readonly type: 'task'; readonly task: Task; readonly message?: string }
  /** Run this line instead. */
  | { readonly type: 'forward'; readonly text: string }
  /** It may not run. `declined`: the person who was asked said no, and is told `reason` in a quiet line. */
  | {
      readonly type: 'denied';
      readonly reason: string;
      readonly hint?: string;
      readonly declined?: boolean;
    }
  /** End the shell. */
  | { readonly type: 'exit'; readonly code: number };
