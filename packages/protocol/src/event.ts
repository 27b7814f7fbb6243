import type { TaskState } from './state.ts';
import type { Exit, Result } from './task.ts';

/** One entry of an agent's plan. */
export interface PlanEntry {
  readonly text: string;
  readonly status: 'pending' | 'in-progress' | 'completed';
}

/** What happened, before the host has numbered and dated it. One vocabulary for terminal, `--json`, server and page. */
export type EventBody =
  | { readonly type: 'state'; readonly state: TaskState; readonly reason?: string }
  /** Text that a program wrote. Invalid UTF-8 has become U+FFFD; escape sequences are still in it. */
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** `text` is Markdown. `waits`: it was sent to a task, whose line has not taken it up yet. */
  | {
      readonly type: 'message';
      readonly role: 'user' | 'agent';
      readonly text: string;
      readonly waits?: true;
    }
  /** The line takes up the first of the messages that wait: what it says from here on answers that. */
  | { readonly type: 'turn' }
  | { readonly type: 'thought'; readonly text: string }
  | {
      readonly type: 'tool';
      readonly id: string;
      readonly title: string;
      readonly status: string;
      readonly detail?: unknown;
    }
  | { readonly type: 'plan'; readonly entries: readonly PlanEntry[] }
  | {
      readonly type: 'question';
      readonly id: string;
      readonly text: string;
      readonly choices: readonly string[];
    }
  | { readonly type: 'answer'; readonly id: string; readonly choice: string; readonly by: string }
  | { readonly type: 'progress'; readonly what: string; readonly done: number; readonly total?: number }
  | { readonly type: 'usage'; readonly tokens?: number; readonly cost?: number }
  | ({ readonly type: 'result' } & Result)
  | ({ readonly type: 'exit' } & Exit)
  | {
      readonly type: 'warning' | 'error';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly plugin?: string;
    };

/**
 * An event as it is written down. `seq` counts from 1 without gaps within a task, across its
 * attempts (or within one run of prefish, for lines that run here). Readers ignore types that they
 * do not know.
 */
export type Event = { readonly seq: number; readonly at: string; readonly task?: string } & EventBody;

/** The types that a worker takes from inside a sandbox; all others it alone may write. */
export const untrustedEventTypes: ReadonlySet<EventBody['type']> = new Set<EventBody['type']>([
  'output',
  'message',
  'thought',
  'tool',
  'plan',
  'question',
  'progress',
  'usage',
  'warning',
  'error',
]);
