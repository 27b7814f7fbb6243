import type { Event, EventBody, PlanEntry } from '@prefish/protocol';

type Body<T extends EventBody['type']> = Extract<Event, { readonly type: T }>;

/** A run of lines that programs have written. */
export interface OutputBlock {
  readonly kind: 'output';
  readonly key: number;
  readonly stream: 'stdout' | 'stderr';
  /** What colours and weights hold at its beginning, as SGR sequences. */
  readonly style: string;
  /** Sanitised lines with SGR sequences; the last one may go on. */
  readonly lines: OutputLine[];
  /** Rises with every change. */
  revision: number;
}

/** A line, cut where it is longer than anybody reads. */
export interface OutputLine {
  text: string;
  /** How many characters more it has. */
  more: number;
}

/** Something that was said, in Markdown. */
export interface TextBlock {
  readonly kind: 'message' | 'thought';
  readonly key: number;
  readonly role: 'user' | 'agent';
  /** It goes on where the block before it ends. */
  readonly continues: boolean;
  text: string;
  /** A message that was sent, and that the line has not taken up. */
  waits: boolean;
}

/** The line takes up a message, after it has said something else: what follows answers that one. */
export interface TurnBlock {
  readonly kind: 'turn';
  readonly key: number;
  readonly message: string;
}

/** A call of a tool, as it is by now. */
export interface ToolBlock {
  readonly kind: 'tool';
  readonly key: number;
  event: Body<'tool'>;
  /** It is asked for: the question says what there is to say, until it has come to something. */
  asked: boolean;
}

export interface PlanBlock {
  readonly kind: 'plan';
  readonly key: number;
  entries: readonly PlanEntry[];
}

export interface QuestionBlock {
  readonly kind: 'question';
  readonly key: number;
  readonly event: Body<'question'>;
  /** The call that it asks for. */
  readonly tool: ToolBlock | undefined;
  answer?: Body<'answer'>;
  /** The attempt that asked it has ended. */
  over: boolean;
}

export interface ProgressBlock {
  readonly kind: 'progress';
  readonly key: number;
  event: Body<'progress'>;
}

/** An event that is shown as it is. */
export interface NoteBlock {
  readonly kind: 'note';
  readonly key: number;
  readonly event: Body<'state'> | Body<'result'> | Body<'exit'> | Body<'warning' | 'error'>;
  /** For a state: the attempt that begins with it. */
  readonly attempt?: number;
}

/** A part of a transcript that is shown by itself. */
export type Block =
  | OutputBlock
  | TextBlock
  | TurnBlock
  | ToolBlock
  | PlanBlock
  | QuestionBlock
  | ProgressBlock
  | NoteBlock;
