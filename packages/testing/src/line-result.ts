import { exitCodeOf, type Event, type Outcome, type Settled } from '@prefish/core';
import type { Question } from './questions.ts';

/** What became of a line: how it settled, and what could be seen of it. */
export interface LineResult extends Settled {
  /** What the handler returned; absent when it failed. */
  readonly outcome: Outcome | undefined;
  /** What the handler threw, or why the line was refused: most often a `PrefishError` with its `code`. */
  readonly error: Error | undefined;
  /** The exit code that a process would end with: 128 + its number for a signal. */
  readonly code: number;
  /** The `message` of an outcome that has one. */
  readonly message: string | undefined;
  /** What `--json` would print, of an outcome that has it. */
  readonly data: unknown;
  /** What happened meanwhile, in order; the last one is `exit`. */
  readonly events: readonly Event[];
  /** What a person saw meanwhile, without colours; both streams as they came. */
  readonly text: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What was asked meanwhile. */
  readonly questions: readonly Question[];
}

/** What was kept while a line ran. */
export type Recorded = Pick<LineResult, 'events' | 'text' | 'stdout' | 'stderr' | 'questions'>;

/** The result of a line that has settled. */
export function lineResult(settled: Settled, recorded: Recorded): LineResult {
  const { result, exit } = settled;
  const outcome = result instanceof Error ? undefined : result;
  return {
    ...settled,
    outcome,
    error: result instanceof Error ? result : undefined,
    code: exitCodeOf(exit),
    message: outcome !== undefined && 'message' in outcome ? outcome.message : undefined,
    data: outcome?.type === 'ok' ? outcome.data : undefined,
    ...recorded,
  };
}
