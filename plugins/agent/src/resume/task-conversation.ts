import {
  isPrefishError,
  PrefishError,
  type FoundTask,
  type RunContext,
  type ShellView,
  type Task,
  type TaskSource,
} from '@prefish/core';
import { isWithin } from '../session-records.ts';
import { entryOf, joined, type TranscriptEntry } from '../transcript/transcript-entry.ts';

/** What a conversation is looked for with: a line has it, and so has the shell before the first one. */
export interface SearchContext extends Pick<RunContext, 'cwd' | 'signal'> {
  readonly shell: Pick<ShellView, 'tasks'>;
}

/** The conversation of a task, brought home. */
export interface TaskConversation {
  readonly task: Task;
  /** With the source that brings home what it changed. */
  readonly found: FoundTask;
  readonly entries: readonly TranscriptEntry[];
}

/**
 * The conversation of a task that has ended.
 *
 * @returns `undefined` when no task has that name
 * @throws PREFISH_AGENT_SESSION for a task that still runs, is of another folder, or talked with nobody
 */
export async function findTaskConversation(
  reference: string,
  context: SearchContext,
): Promise<TaskConversation | undefined> {
  const found = await findTask(reference, context);
  if (found === undefined) return undefined;
  const { task } = found;
  const name = nameOf(task);
  if (!/^(?:completed|failed|canceled|rejected)$/.test(task.state)) {
    throw cannot(`${name} is still ${task.state}`, `Follow it: prefish tasks logs -f ${task.id}, or /tasks.`);
  }
  if (task.root !== undefined && !isWithin(context.cwd, task.root)) {
    throw cannot(`${name} is of ${task.root}`, `There, prefish --resume ${task.id} goes on with it.`);
  }
  const entries = await entriesOf(found, context.signal);
  if (!entries.some((entry) => entry.type === 'message' && entry.role === 'user')) {
    throw cannot(
      `${name} had no conversation with an agent`,
      `prefish tasks logs ${task.id} shows what it said.`,
    );
  }
  return { task, found, entries };
}

async function findTask(reference: string, { shell, signal }: SearchContext): Promise<FoundTask | undefined> {
  try {
    return await shell.tasks.find(reference, signal);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
    throw error;
  }
}

/** What was said in a task, and which tools ran. */
export async function entriesOf(
  { task, source }: FoundTask,
  signal: AbortSignal,
): Promise<readonly TranscriptEntry[]> {
  const entries: TranscriptEntry[] = [];
  for await (const event of source.events?.(task.id, { after: 0, follow: false }, signal) ?? []) {
    const entry = entryOf(event);
    if (entry !== undefined) entries.push(entry);
  }
  return joined(entries);
}

/** How many files a task has changed that were not applied here yet. */
export function filesToApply({ task, source }: FoundTask): number {
  if (task.result === undefined || applyAction(source)?.applies?.(task) === false) return 0;
  // What can be undone has been applied.
  const isApplied = source.actions.find(({ name }) => name === 'undo')?.applies?.(task) === true;
  return isApplied ? 0 : task.result.files;
}

/**
 * Merges what the task changed into the work tree: asked at a terminal, where leaving the question is a no;
 * elsewhere said, unless `--yes` answers. @throws what applying throws
 */
export async function applyFirst({ task, source }: FoundTask, context: RunContext): Promise<void> {
  const apply = applyAction(source);
  const files = filesToApply({ task, source });
  if (files === 0 || apply === undefined) return;
  const what = files === 1 ? 'the file' : `the ${files} files`;
  try {
    const question = `Apply ${what} that ${nameOf(task).toLowerCase()} changed first?`;
    if (!(await context.ask.confirm(question, { default: true }))) return;
  } catch (error) {
    const isLeft = isPrefishError(error) && error.code === 'PREFISH_INTERRUPTED';
    if (isLeft && !context.signal.aborted) return;
    if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    context.out.warn(
      'PREFISH_AGENT_SESSION',
      `What ${nameOf(task).toLowerCase()} changed is not here: ${files} file${files === 1 ? '' : 's'}`,
      `prefish tasks apply ${task.id} brings it; --yes does so at once.`,
    );
    return;
  }
  const outcome = await apply.run(task, { values: {}, positionals: [] }, context);
  if (outcome.type === 'ok' && outcome.message !== undefined) {
    context.out.write(`${outcome.message}\n`, 'stderr');
  }
}

function applyAction({ actions }: TaskSource): TaskSource['actions'][number] | undefined {
  return actions.find(({ name }) => name === 'apply');
}

export function nameOf({ id, number }: Task): string {
  return `Task ${number > 0 ? number : id}`;
}

function cannot(message: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_AGENT_SESSION', message, { hint });
}
