import type { Args, Outcome, RunContext } from '@prefish/core';
import { taskDetails } from '../format/details.ts';
import { formattingFor } from '../format/table.ts';
import type { TaskNews } from '../news/task-news.ts';
import { findTask } from './find-task.ts';
import { reply } from './reply.ts';

/** `tasks show ID`: the Task. */
export async function runShow(
  { values, positionals }: Args,
  context: RunContext,
  news: Pick<TaskNews, 'shown'>,
): Promise<Outcome> {
  const { task, source } = await findTask(positionals[0]!, 'show', context);
  news.shown(task);
  return reply(values, task, () => taskDetails(task, source, formattingFor(context)));
}
