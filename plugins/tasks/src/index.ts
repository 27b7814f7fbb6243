import manifest from '../package.json' with { type: 'json' };
import { join } from 'node:path';
import { definePlugin, type PluginFactory, type PluginShell } from '@prefish/core';
import { tasksCommand } from './commands/tasks.ts';
import { describeNews, TaskNews } from './news/task-news.ts';
import { tasksOptions, type TasksOptions, type TasksOptionsSchema } from './options.ts';

/** `/tasks`: everything that runs in the background, whichever plugin's task source it comes from. */
export const tasks: PluginFactory<TasksOptionsSchema> = definePlugin({
  name: '@prefish/plugin-tasks',
  version: manifest.version,
  api: '^1',
  options: tasksOptions,
  setup(shell) {
    const { dataFolder } = shell;
    const news = new TaskNews(dataFolder === undefined ? undefined : join(dataFolder, 'seen.json'));
    shell.command(tasksCommand(shell.view.tasks, news));
    if (shell.options.news === true) tellNews(shell, news);
  },
});

/** Once now, and after each line: sources are not watched for it. */
function tellNews(shell: PluginShell<TasksOptions>, news: TaskNews): void {
  let asking: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    const found = await news.gather(shell.view.tasks, shell.signal);
    if (found !== undefined && !shell.signal.aborted) shell.notify(describeNews(found));
  };
  const tellSoon = (): void => {
    asking ??= tell()
      .catch(() => {})
      .finally(() => (asking = undefined));
  };
  setImmediate(tellSoon);
  shell.hooks.settled.tap('news of tasks', (_route, result) => {
    if ('task' in result) news.expects(result.task);
    // A line that waited for tasks, or ended them, has told how they ended.
    if ('data' in result) news.told(result.data);
    tellSoon();
  });
}

export default tasks;
