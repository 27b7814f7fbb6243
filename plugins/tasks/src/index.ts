import manifest from '../package.json' with { type: 'json' };
import { definePlugin, type Plugin } from '@prefish/core';
import { tasksCommand } from './commands/tasks.ts';

/** `/tasks`: everything that runs in the background, whichever plugin's task source it comes from. */
export const tasks: () => Plugin = definePlugin({
  name: '@prefish/plugin-tasks',
  version: manifest.version,
  api: '^1',
  setup(shell) {
    shell.command(tasksCommand(shell.view.tasks));
  },
});

export default tasks;
