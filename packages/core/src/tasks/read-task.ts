import { errorMessage, PrefishError, taskStates, type Task } from '@prefish/protocol';

const properties: readonly (keyof Task)[] = [
  'id',
  'number',
  'source',
  'place',
  'title',
  'line',
  'state',
  'reason',
  'attempt',
  'createdAt',
  'startedAt',
  'endedAt',
  'exit',
  'base',
  'result',
  'after',
  'continues',
  'repeats',
  'group',
  'sandbox',
  'network',
  'root',
  'url',
];

/**
 * A copy of what a source calls a task, checked as far as lists, references and views rely on it:
 * its author need not write TypeScript, and a property may be a getter.
 *
 * @throws Error that says what is wrong with it
 */
export function readTask(value: unknown): Task {
  if (typeof value !== 'object' || value === null)
    throw new Error(`it is ${value === null ? 'null' : `a ${typeof value}`}`);
  const copy: Record<string, unknown> = {};
  try {
    Object.assign(copy, value);
    // Getters of a class are not its instance's own.
    for (const name of properties) {
      if (!(name in copy) && name in value) copy[name] = (value as Record<string, unknown>)[name];
    }
  } catch (cause) {
    throw new Error(`it cannot be read: ${errorMessage(cause)}`, { cause });
  }
  const wrong = wrongPart(copy);
  if (wrong === undefined) return copy as unknown as Task;
  const called = typeof copy['id'] === 'string' ? JSON.stringify(copy['id']) : 'one';
  throw new Error(`${called} has ${wrong}`);
}

/** The error about tasks that were left out of a list, in which `reasons` says why each was. */
export function leftOut(title: string, plugin: string | undefined, reasons: readonly string[]): PrefishError {
  const tasks = reasons.length === 1 ? 'a task is' : `${reasons.length} tasks are`;
  return new PrefishError('PREFISH_TASK_SOURCE_FAILED', `${title}: ${tasks} left out: ${reasons[0]}`, {
    plugin,
  });
}

function wrongPart(task: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of ['id', 'title', 'line', 'place']) {
    if (typeof task[name] !== 'string') return `no text as its ${name}`;
  }
  const { state, exit, result, after } = task;
  if (typeof state !== 'string') return 'no state';
  if (!(taskStates as readonly string[]).includes(state)) {
    return `the state ${JSON.stringify(state)}, which is none`;
  }
  if (typeof task['number'] !== 'number') return 'no number';
  if (!isDate(task['createdAt'])) return 'no date as its createdAt';
  for (const name of ['startedAt', 'endedAt']) {
    if (task[name] !== undefined && !isDate(task[name])) return `no date as its ${name}`;
  }
  if (exit !== undefined && !isExit(exit)) return 'an exit without a code or a signal';
  if (result !== undefined && (typeof result !== 'object' || result === null)) return 'a result that is none';
  if (after !== undefined && !Array.isArray(after)) return 'no list as its after';
  return undefined;
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isExit(value: unknown): boolean {
  const exit = value as { readonly code?: unknown; readonly signal?: unknown } | null;
  return typeof exit?.code === 'number' || typeof exit?.signal === 'string';
}
