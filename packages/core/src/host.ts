import type { Event } from '@prefish/protocol';
import type { Ask, LentTerminal, RunContext, TerminalView } from './context.ts';

/** What surrounds a shell: the terminal, a script, a test. Everything is optional; an embedded shell may have none of it. */
export interface Host {
  /** Called for every event of every line, in order. */
  event?(event: Event): void;
  /**
   * Called, in the same order, for events that are numbered already: those of a task's transcript.
   * `event` gets these too when it is absent.
   */
  record?(event: Event): void;
  /**
   * Called, in the same order, for what a program printed, in place of an `output` event. A host
   * whose output need not be text has it, so that `!cat photo.png > copy.png` is a copy.
   */
  bytes?(chunk: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** News that belongs to no line: a task ended, an upload failed. Shown above the edited line. */
  notice?(message: string): void;
  /** How something is that goes on outside of any line, in a row below what was printed; `undefined` takes it away. */
  status?(key: string, text: string | undefined): void;
  /** Resolves when what `event` was given has gone out. */
  drain?(): Promise<void>;
  ask?: Ask;
  /** Absent when no person watches. Read at each line, so it may be a getter. */
  terminal?: TerminalView;
  color?: RunContext['color'];
  lendTerminal?<T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T>;
  render?: RunContext['render'];
  stdin?: RunContext['stdin'];
  incoming?: RunContext['incoming'];
  /** What came along with the line, in a task. */
  enclosed?: RunContext['enclosed'];
}
