import type { Args, Outcome, RunContext } from '@prefish/core';
import { taskDetails } from '../format/details.ts';
import { keptFiles } from '../format/kept-files.ts';
import { formattingFor } from '../format/table.ts';
import type { TaskNews } from '../news/task-news.ts';
import { findTask } from './find-task.ts';
import { reply } from './reply.ts';
import { siblingsOf } from './siblings.ts';

/** `tasks show ID`: the Task, and as `files` what was kept of it. */
export async function runShow(
  { values, positionals }: Args,
  context: RunContext,
  news: Pick<TaskNews, 'shown'>,
): Promise<Outcome> {
  const found = await findTask(positionals[0]!, 'show', context);
  const { task } = found;
  news.shown(task);
  const [files, siblings] = await Promise.all([
    keptFiles(found, context.signal),
    // Only people are told of them.
    values['json'] === true ? [] : siblingsOf(found, context.signal),
  ]);
  const data = files.length === 0 ? task : { ...task, files };
  return reply(values, data, () => taskDetails(found, { files, siblings }, formattingFor(context)));
}
