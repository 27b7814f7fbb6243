import {
  errorMessage,
  exitCodeOf,
  exitOf,
  isPrefishError,
  PrefishError,
  type Args,
  type ArgsSpec,
  type Command,
  type FoundTask,
  type Outcome,
  type RunContext,
  type TaskAction,
  type TaskSource,
} from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import { numberWords, referenceTo, titleWords } from '../format/task-status.ts';
import { findTask } from './find-task.ts';
import { reply, jsonOption } from './reply.ts';

/** One command for each action that any source offers; sources may share a name. */
export function actionCommands(sources: readonly TaskSource[]): readonly Command[] {
  const byName = new Map<string, TaskAction[]>();
  for (const action of sources.flatMap((source) => source.actions)) {
    byName.set(action.name, [...(byName.get(action.name) ?? []), action]);
  }
  return Array.from(byName, ([name, actions]) => actionCommand(name, actions));
}

function actionCommand(name: string, actions: readonly TaskAction[]): Command {
  const words = actions.find(({ positionals = [] }) => positionals.length > 0)?.positionals ?? [];
  const several = words.length === 0;
  const alone = actions.find((action) => action.runAlone !== undefined);
  const args: ArgsSpec = Object.assign({}, ...actions.map((action) => action.args ?? {}), jsonOption);
  return {
    name,
    summary: actions[0]!.summary,
    positionals: [{ name: 'ID', variadic: several, optional: alone !== undefined }, ...words],
    args,
    complete: async (word, context, before) => {
      if (before.length > 0 && !several) return [];
      const { completeTask } = await import('./complete-task.ts');
      return completeTask(word, context, (task, { actions: offered }) =>
        offered.some((action) => action.name === name && action.applies?.(task) !== false),
      );
    },
    run: async (given, context) => {
      const [reference, ...rest] = given.positionals;
      if (reference === undefined && alone?.runAlone !== undefined) {
        const { json, own } = withoutJson(given);
        return printed(await alone.runAlone(own, context), json);
      }
      if (!several || rest.length === 0) {
        const found = await findTask(reference!, name, context);
        return perform(found, name, { ...given, positionals: rest }, context);
      }
      return performAll(given.positionals, name, { ...given, positionals: [] }, context);
    },
  };
}

/**
 * Runs the action called `name` on a task.
 *
 * @throws PREFISH_TASK_ACTION when its source has no such action; what the action throws when it does not apply now
 */
export async function perform(
  { task, source }: FoundTask,
  name: string,
  { values, positionals }: Args,
  context: RunContext,
): Promise<Outcome> {
  const action = source.actions.find((offered) => offered.name === name);
  if (action === undefined) {
    throw new PrefishError('PREFISH_TASK_ACTION', `${source.title} have no action "${name}"`, {
      hint: `They have ${source.actions.map((offered) => offered.name).join(', ') || 'none'}.`,
    });
  }
  const { json, own } = withoutJson({ values, positionals });
  return printed(await action.run(task, own, context), json);
}

/** The arguments that are an action's own. */
function withoutJson({ values, positionals }: Args): { readonly json: boolean; readonly own: Args } {
  const { json, ...own } = values as Record<string, unknown>;
  return { json: json === true, own: { values: own, positionals } as Args };
}

function printed(outcome: Outcome, json: boolean): Outcome {
  if (!json || outcome.type !== 'ok') return outcome;
  return { ...outcome, ...reply({ json }, outcome.data, String) };
}

/** What an action had to say of a task. */
interface Said {
  readonly found: FoundTask;
  readonly text: string;
}

/** Single lines name their tasks; longer texts, as diffs are, stand below a heading each, which says how to take one. */
function together(said: readonly Said[], name: string, sources: readonly TaskSource[]): string {
  const isLong = said.some(({ text }) => text.trimEnd().includes('\n'));
  const headingOf = ({ task }: FoundTask): string => {
    const take =
      name === 'diff' && task.result !== undefined
        ? ` · prefish tasks apply ${referenceTo(task, sources)}`
        : '';
    return `── ${numberWords(task) || sanitizeLabel(task.id)} ${titleWords(task)}${take}\n`;
  };
  return said.map(({ found, text }) => (isLong ? headingOf(found) + text : text)).join('\n');
}

/** Runs an action on each of several tasks; one that fails does not keep it from the others. */
async function performAll(
  references: readonly string[],
  name: string,
  args: Args,
  context: RunContext,
): Promise<Outcome> {
  const data: unknown[] = [];
  const messages: Said[] = [];
  let code = 0;
  for (const reference of references) {
    try {
      const found = await findTask(reference, name, context);
      const outcome = await perform(found, name, args, context);
      code = exitCodeOf(exitOf(outcome)) || code;
      if (outcome.type !== 'ok') continue;
      if (outcome.data !== undefined) data.push(outcome.data);
      if (outcome.message !== undefined) messages.push({ found, text: outcome.message });
    } catch (error) {
      if (context.signal.aborted || !isPrefishError(error)) throw error;
      code = error.exitCode;
      const { hint } = error;
      context.out.event({
        type: 'error',
        code: error.code,
        message: `${reference}: ${errorMessage(error)}`,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }
  return {
    ...reply(args.values, data, () => together(messages, name, context.shell.tasks.sources)),
    exit: { code },
  };
}
