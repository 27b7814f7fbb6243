import type { Command, RunContext, TaskDirectory } from '@prefish/core';
import { isFinal } from '@prefish/protocol';
import type { TaskNews } from '../news/task-news.ts';
import { actionCommands } from './actions.ts';
import { jsonOption } from './reply.ts';

/**
 * The command `tasks`. Its fixed sub-commands are written here; one more stands for each action that
 * a source offers, whenever it was registered. What a sub-command needs is loaded when it runs.
 */
export function tasksCommand(directory: TaskDirectory, news: TaskNews): Command {
  const list: Command['run'] = async (args, context) => (await import('./ls.ts')).runList(args, context);
  const fixed: readonly Command[] = [
    {
      name: 'ls',
      summary: 'List tasks, newest first',
      args: {
        ...jsonOption,
        state: { type: 'string', multiple: true, placeholder: 'STATE', summary: 'Only tasks in this state' },
        limit: { type: 'string', placeholder: 'N', summary: 'At most N (20)' },
        cursor: { type: 'string', placeholder: 'NEXT', summary: 'Go on where a listing said "next"' },
        all: { type: 'boolean', summary: 'Every task there is' },
      },
      examples: ['prefish tasks ls --state working --json'],
      run: list,
    },
    {
      name: 'show',
      summary: 'Everything known about a task',
      positionals: [{ name: 'ID' }],
      args: jsonOption,
      complete: completeOne,
      run: async (args, context) => (await import('./show.ts')).runShow(args, context, news),
    },
    {
      name: 'logs',
      summary: 'What a task has said',
      positionals: [{ name: 'ID' }],
      args: {
        ...jsonOption,
        follow: { type: 'boolean', short: 'f', summary: 'Go on until it ends' },
        after: { type: 'string', placeholder: 'SEQ', summary: 'Only events after this one' },
      },
      examples: ['prefish tasks logs @last -f'],
      complete: completeOne,
      run: async (args, context) => (await import('./logs.ts')).runLogs(args, context, news),
    },
    {
      name: 'wait',
      summary: 'Wait until tasks end, or ask something; exits as the task did',
      positionals: [{ name: 'ID', variadic: true }],
      args: {
        ...jsonOption,
        timeout: { type: 'string', placeholder: 'S', summary: 'Give up after S seconds' },
      },
      complete: async (word, context) => {
        const { completeTask } = await import('./complete-task.ts');
        return completeTask(word, context, ({ state }) => !isFinal(state));
      },
      run: async (args, context) => (await import('./wait.ts')).runWait(args, context, news),
    },
    {
      name: 'clean',
      summary: 'Forget every task that has ended',
      args: jsonOption,
      run: async (args, context) => (await import('./clean.ts')).runClean(args, context),
    },
  ];
  return {
    name: 'tasks',
    summary: 'Everything that runs in the background',
    // Looked at more often than any other.
    rank: -1,
    args: jsonOption,
    examples: ['prefish tasks', 'prefish tasks apply 3', 'prefish tasks logs @last -f'],
    get subcommands() {
      const taken = new Set(fixed.map(({ name }) => name));
      return [...fixed, ...actionCommands(directory.sources).filter(({ name }) => !taken.has(name))];
    },
    run: async (args, context) => {
      if (args.values['json'] !== true && isWatched(context)) {
        return (await import('../view/browse.ts')).browseTasks(context, news);
      }
      return list(args, context);
    },
  };
}

const completeOne: NonNullable<Command['complete']> = async (word, context, before) =>
  before.some((given) => !given.startsWith('-'))
    ? []
    : (await import('./complete-task.ts')).completeTask(word, context);

/** Whether a person is there to walk through a list, and can be shown one that changes. */
function isWatched({ terminal, origin }: RunContext): boolean {
  return terminal !== undefined && terminal.redraws !== false && origin !== 'api';
}
