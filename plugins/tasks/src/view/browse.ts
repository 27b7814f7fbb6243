import type { FoundTask, Outcome, RunContext, TaskAction } from '@prefish/core';
import { errorMessage, isPrefishError } from '@prefish/core';
import { createStyle } from '@prefish/screen';
import { perform } from '../commands/actions.ts';
import { howToStart } from '../format/how-to-start.ts';
import { referenceTo, titleWords } from '../format/task-status.ts';
import type { TaskNews } from '../news/task-news.ts';
import { Keyboard } from './keyboard.ts';
import type { Notice } from './notice-rows.ts';
import { ListModel } from './list-model.ts';
import { ListScreen } from './list-screen.ts';
import { showPages } from './pager.ts';
import { wordsFor } from './reply-to-task.ts';
import { TaskScreen } from './task-screen.ts';

/** What a person wants next, having left one of the screens. */
export type Wish =
  | { readonly type: 'close' }
  | { readonly type: 'list' }
  | { readonly type: 'view'; readonly found: FoundTask }
  | {
      readonly type: 'act';
      readonly found: FoundTask;
      readonly action: TaskAction;
      /** The screen that is shown again afterwards. */
      readonly from: 'list' | 'view';
    };

type Acting = Extract<Wish, { readonly type: 'act' }>;

/** Messages of actions with more lines than this are shown as pages instead of above the list. */
const shortMessage = 3;

/**
 * The list of background tasks, live, from which each can be viewed and acted on. An action runs
 * while the terminal is not lent, so that it may print and ask like any line.
 */
export async function browseTasks(context: RunContext, news: TaskNews): Promise<Outcome> {
  const style = createStyle(context.terminal?.color ?? false);
  const model = new ListModel();
  const empty = howToStart(context.shell);
  let place: Wish = { type: 'list' };
  let notice: Notice | undefined;
  while (place.type !== 'close') {
    if (place.type === 'act') {
      news.opened(place.found.task);
      const { found, action, from }: Acting = place;
      notice = await act(found, action, context);
      const isGone = await refresh(found, model, context.signal);
      place = from === 'view' && !isGone ? { type: 'view', found } : { type: 'list' };
      continue;
    }
    const begin: Wish = place;
    place = await context.lendTerminal(async (terminal): Promise<Wish> => {
      using keyboard = new Keyboard(terminal);
      const surroundings = { terminal, keyboard, context, style };
      let here: Wish = begin;
      while (here.type === 'list' || here.type === 'view') {
        if (here.type === 'view') news.opened(here.found.task);
        here =
          here.type === 'view'
            ? await new TaskScreen(here.found, { ...surroundings, notice }).run()
            : await new ListScreen(model, { ...surroundings, empty, notice, news }).run();
        notice = undefined;
      }
      return here;
    });
  }
  news.looked();
  return { type: 'ok' };
}

/** The list is not shown as it was before the action, not even until its source has listed anew. Resolves with whether the task is gone. */
async function refresh(found: FoundTask, model: ListModel, signal: AbortSignal): Promise<boolean> {
  try {
    const task = await found.source.get(found.task.id, signal);
    model.replace(found, task);
    return task === undefined;
  } catch {
    // The list says what is the matter with the source.
    return false;
  }
}

/** Runs an action as the sub-command of its name would, and says in a line what came of it. */
async function act(
  { task, source }: FoundTask,
  action: TaskAction,
  context: RunContext,
): Promise<Notice | undefined> {
  try {
    // The task may have gone on since it was drawn.
    const current = (await source.get(task.id, context.signal)) ?? task;
    const question = action.confirm?.(current);
    if (question !== undefined && !(await context.ask.confirm(question, { default: false })))
      return undefined;
    const outcome = await perform(
      { task: current, source },
      action.name,
      { values: {}, positionals: await wordsFor(action, { task: current, source }, context) },
      context,
    );
    const message = outcome.type === 'ok' || outcome.type === 'task' ? (outcome.message ?? '') : '';
    if (message.split('\n').length <= shortMessage) return { text: message.trim(), isError: false };
    await context.lendTerminal(async (terminal) => {
      using keyboard = new Keyboard(terminal);
      await showPages(`${action.name} ${referenceTo(task)} · ${titleWords(task)}`, message, {
        terminal,
        keyboard,
        context,
        style: createStyle(context.terminal?.color ?? false),
      });
    });
    return undefined;
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (isPrefishError(error) && error.code === 'PREFISH_INTERRUPTED') return undefined;
    const hint = isPrefishError(error) && error.hint !== undefined ? ` (${error.hint})` : '';
    return { text: `${action.name}: ${errorMessage(error)}${hint}`, isError: true };
  }
}
