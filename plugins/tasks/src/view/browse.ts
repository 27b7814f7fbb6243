import type { FoundTask, Outcome, RunContext, Task, TaskAction, TaskSource } from '@prefish/core';
import { errorMessage, isPrefishError } from '@prefish/core';
import { createStyle, sanitizeLabel, textWidth } from '@prefish/screen';
import { perform } from '../commands/actions.ts';
import { howToStart } from '../format/how-to-start.ts';
import { referenceTo, titleWords } from '../format/task-status.ts';
import type { TaskNews } from '../news/task-news.ts';
import { Keyboard } from './keyboard.ts';
import type { Notice } from './notice-rows.ts';
import { ListModel } from './list-model.ts';
import { ListScreen } from './list-screen.ts';
import { showPages } from './pager.ts';
import { TaskScreen } from './task-screen.ts';

/** What a person wants next, having left one of the screens. */
export type Wish =
  | { readonly type: 'close' }
  | { readonly type: 'list' }
  | {
      readonly type: 'view';
      readonly found: FoundTask;
      /** To say something to the task, and then to go back to the list. */
      readonly reply?: boolean;
    }
  | {
      readonly type: 'act';
      readonly found: FoundTask;
      readonly action: TaskAction;
      /** What the action takes besides the task. */
      readonly words: readonly string[];
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
      const { found, from }: Acting = place;
      notice = await act(place, model, context);
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
        if (here.type === 'view') {
          model.choose(here.found.task);
          news.opened(here.found.task);
        }
        here =
          here.type === 'view'
            ? await new TaskScreen(here.found, { ...surroundings, notice, reply: here.reply === true }).run()
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
    // The person has done away with it, and goes on with its neighbour.
    if (task === undefined) model.move(0);
    return task === undefined;
  } catch {
    // The list says what is the matter with the source.
    return false;
  }
}

/** Runs an action as the sub-command of its name would, and says in a line what came of it. A task that it has started is selected. */
async function act(
  { found: { task, source }, action, words, from }: Acting,
  model: ListModel,
  context: RunContext,
): Promise<Notice | undefined> {
  let hasBegun = false;
  try {
    // The task may have gone on since it was drawn.
    const current = (await source.get(task.id, context.signal)) ?? task;
    hasBegun = true;
    const args = { values: {}, positionals: words };
    const outcome = await perform({ task: current, source }, action.name, args, context);
    const started = startedBy(outcome, current);
    if (started !== undefined) model.choose(started);
    const said = outcome.type === 'ok' || outcome.type === 'task' ? (outcome.message ?? '') : '';
    const message = withKeys(said.trim(), current, source);
    if (message.split('\n').length <= shortMessage) {
      const printed = printAddresses(message, from, context);
      return { ...printed, kind: 'done', ...(started === undefined ? {} : { about: started }) };
    }
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
    const undone = hasBegun ? '' : ' Nothing was done.';
    return {
      text: `${action.name}: ${errorMessage(error)}${withKeys(hint, task, source)}${undone}`,
      kind: 'refused',
    };
  }
}

/** The task that an action has started. */
function startedBy(outcome: Outcome, { id }: Task): Task | undefined {
  const data = outcome.type === 'task' ? outcome.task : outcome.type === 'ok' ? outcome.data : undefined;
  const { id: started, state, createdAt } = (data ?? {}) as Partial<Task>;
  return started === undefined || started === id || state === undefined || createdAt === undefined
    ? undefined
    : (data as Task);
}

/** Words with the key in place of the command, where one does the same: `u takes it back`. */
function withKeys(message: string, task: Task, { actions }: TaskSource): string {
  const named = [String(task.number), task.id].filter((word) => /^\w+$/.test(word)).join('|');
  return actions.reduce(
    (words, { name, key }) =>
      key === undefined || key.length > 1
        ? words
        : words.replaceAll(new RegExp(`prefish tasks ${name} (?:${named})(?= (?!--)|$)`, 'g'), key),
    message,
  );
}

/**
 * An address that is wider than the screen is cut in its rows. Printed as any line it stays whole, and can be copied
 * or opened from what stands above the list.
 */
function printAddresses(
  message: string,
  from: Acting['from'],
  { out, terminal }: RunContext,
): Pick<Notice, 'text' | 'printed'> {
  const columns = terminal?.columns ?? Infinity;
  const isTooWide = (line: string): boolean => /^https?:\/\/\S+$/.test(line) && textWidth(line) > columns;
  const lines = message.split('\n');
  const addresses = lines.filter(isTooWide).map(sanitizeLabel);
  for (const address of addresses) out.line(address);
  if (from === 'view') return { text: message };
  return {
    text: lines.filter((line) => !isTooWide(line)).join('\n'),
    printed: addresses.reduce((rows, address) => rows + Math.ceil(textWidth(address) / columns), 0),
  };
}
