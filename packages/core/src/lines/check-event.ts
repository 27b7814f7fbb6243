import { taskStates, type Event, type EventBody } from '@prefish/protocol';

/** What a field of an event has to be: a type, or one of some words. */
type Fields = Readonly<Record<string, 'string' | 'number' | 'array' | readonly string[]>>;

const fieldsOf: Readonly<Record<Exclude<EventBody['type'], 'exit'>, Fields>> = {
  state: { state: taskStates },
  output: { stream: ['stdout', 'stderr'], text: 'string' },
  message: { role: ['user', 'agent'], text: 'string' },
  turn: {},
  thought: { text: 'string' },
  tool: { id: 'string', title: 'string', status: 'string' },
  plan: { entries: 'array' },
  question: { id: 'string', text: 'string', choices: 'array' },
  answer: { id: 'string', choice: 'string', by: 'string' },
  progress: { what: 'string', done: 'number' },
  usage: {},
  result: { commit: 'string', branch: 'string', files: 'number', insertions: 'number', deletions: 'number' },
  warning: { code: 'string', message: 'string' },
  error: { code: 'string', message: 'string' },
};

/**
 * A copy of what a handler says, without a number and a date of its own: those are the kernel's, as is
 * the event `exit`. Plugins need not be written in TypeScript.
 *
 * @throws Error that says what is wrong with it
 */
export function readEvent(value: unknown): EventBody & { readonly task?: string } {
  const { seq: _seq, at: _at, ...event } = copied(value);
  const { type } = event;
  if (type === 'exit')
    throw new Error('the event "exit", which the shell itself says when the line has ended');
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) {
    throw new Error(
      type === undefined ? 'an object without a type' : `an event of the unknown type ${String(type)}`,
    );
  }
  for (const [name, expected] of Object.entries(fieldsOf[type as keyof typeof fieldsOf])) {
    if (!fits(event[name], expected)) throw new Error(`the event "${type}" without a proper ${name}`);
  }
  return event as unknown as EventBody;
}

/**
 * A copy of a line of a transcript. It may come from a newer prefish, so its type need not be known.
 *
 * @throws Error that says what is wrong with it
 */
export function readRecord(value: unknown): Event {
  const event = copied(value);
  if (typeof event['type'] !== 'string') throw new Error('an object without a type');
  return event as unknown as Event;
}

function copied(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(value === null ? 'null' : typeof value);
  return { ...value };
}

function fits(value: unknown, expected: Fields[string]): boolean {
  if (typeof expected !== 'string') return (expected as readonly unknown[]).includes(value);
  return expected === 'array' ? Array.isArray(value) : typeof value === expected;
}
