import { isPrefishError, PrefishError, type FoundTask, type RunContext, type Task } from '@prefish/core';
import { isWithin } from '../session-records.ts';
import { entryOf, joined, type TranscriptEntry } from '../transcript/transcript-entry.ts';

/** The conversation of a task, brought home. */
export interface TaskConversation {
  readonly task: Task;
  readonly entries: readonly TranscriptEntry[];
}

/**
 * The conversation of a task that has ended, with what it changed applied here if the user wants that.
 *
 * @returns `undefined` when no task has that name
 * @throws PREFISH_AGENT_SESSION for a task that still runs, is of another folder, or talked with nobody; what applying throws
 */
export async function takeTaskConversation(
  reference: string,
  context: RunContext,
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
  await applyFirst(found, context);
  return { task, entries };
}

async function findTask(reference: string, { shell, signal }: RunContext): Promise<FoundTask | undefined> {
  try {
    return await shell.tasks.find(reference, signal);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
    throw error;
  }
}

async function entriesOf(
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

/** Merges what the task changed into the work tree: asked at a terminal; elsewhere said, unless `--yes` answers. */
async function applyFirst({ task, source }: FoundTask, context: RunContext): Promise<void> {
  const action = (name: string) => source.actions.find((candidate) => candidate.name === name);
  const apply = action('apply');
  if (task.result === undefined || apply === undefined || apply.applies?.(task) === false) return;
  // What can be undone has been applied.
  if (action('undo')?.applies?.(task) === true) return;
  const { files } = task.result;
  const what = files === 1 ? 'the file' : `the ${files} files`;
  try {
    const question = `Apply ${what} that ${nameOf(task).toLowerCase()} changed first?`;
    if (!(await context.ask.confirm(question, { default: true }))) return;
  } catch (error) {
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

function nameOf({ id, number }: Task): string {
  return `Task ${number > 0 ? number : id}`;
}

function cannot(message: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_AGENT_SESSION', message, { hint });
}
