import type { Options } from 'yargs';

/** The options of prefish itself, for help and completion; `arguments.ts` reads them. */
export const globalOptions: Readonly<Record<string, Options>> = {
  c: { type: 'string', array: true, requiresArg: true, describe: 'Run a line; all of them run' },
  cwd: { type: 'string', requiresArg: true, describe: 'The folder to start in' },
  json: { type: 'boolean', describe: 'Events, or the data of a command, as JSON' },
  'input-json': { type: 'boolean', describe: 'Messages, answers and cancel as JSON lines on standard input' },
  memory: { type: 'boolean', describe: 'Lines of a script that begin with # are notes' },
  plugin: { type: 'string', array: true, requiresArg: true, describe: 'Load a module as a plugin' },
  watch: { type: 'boolean', describe: 'Load a plugin that --plugin names anew when its files change' },
  continue: { type: 'boolean', describe: 'Go on with the last conversation with the agent here' },
  resume: {
    type: 'string',
    requiresArg: true,
    describe: 'Go on with the conversation, or the task, that has this id',
  },
  color: { choices: ['auto', 'always', 'never'], describe: 'When to use colours' },
  yes: { type: 'boolean', describe: 'Answer every question with its default' },
  config: { type: 'string', requiresArg: true, describe: 'A configuration file that wins over the others' },
  'no-config': { type: 'boolean', describe: 'Read no configuration, load no installed plugin' },
  server: { type: 'string', requiresArg: true, describe: 'The server that & sends lines to' },
  version: { type: 'boolean', describe: 'Print the version' },
};
