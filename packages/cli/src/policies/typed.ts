import {
  definePlugin,
  Stage,
  type Completion,
  type Outcome,
  type Plugin,
  type RunContext,
  slashWord,
} from '@prefish/core';
import { askMeaning, isMeantAsCommand } from '@prefish/plugin-teleport';
import { createStyle } from '@prefish/screen';
import { version } from '../installation.ts';

/** What the policy needs to know of the shell. */
export interface TypedPolicyOptions {
  /** What `--yes` says: then nothing is asked, and what reads like a command stays a message. */
  readonly assumeYes: boolean;
  /** What completes a line: an agent's own commands among it. */
  readonly complete: (text: string) => Promise<readonly Completion[]>;
}

/**
 * Keeps from the agent what was typed at the prompt for the shell: `prefish NAME …` runs `/NAME …`, `exit`
 * leaves, a slash command that there is not is refused with the one that may have been meant, and what reads
 * like a command is asked about.
 */
export function typedPolicy(options: TypedPolicyOptions): Plugin {
  return definePlugin({
    name: '@prefish/policy-typed',
    version,
    api: '^1',
    setup(shell) {
      shell.hooks.dispatch.tapPromise({ name: 'ask', stage: Stage.early }, async (line, context) => {
        const isTyped = context.origin === 'typed' || context.origin === 'pasted';
        // A backslash says that it is a message.
        if (line.kind !== 'text' || !isTyped || line.text !== line.body) return undefined;
        return (
          (context.origin === 'typed' ? leaving(line.body) : undefined) ??
          asCommand(line.body, context) ??
          (await unknownCommand(line.body, context, options)) ??
          (options.assumeYes ? undefined : meantCommand(line.body, context))
        );
      });
    },
  })();
}

/** `exit`, as every other shell has it. What still runs is asked about, as with Ctrl+D. */
function leaving(text: string): Outcome | undefined {
  return /^\/?(?:exit|quit|logout)$/.test(text.trim()) ? { type: 'exit', code: 0 } : undefined;
}

/** `prefish tasks ls`, as it is written for a system's shell. */
function asCommand(text: string, { shell, out, terminal }: RunContext): Outcome | undefined {
  const [, name, rest] = /^prefish ([a-z][\w-]*)([^]*)$/.exec(text.trimEnd()) ?? [];
  if (!shell.commands.some((command) => command.name === name || command.aliases?.includes(name ?? ''))) {
    return undefined;
  }
  const line = `/${name}${rest}`;
  out.line(createStyle(terminal?.color ?? false).dim(`runs ${line.split('\n')[0]}`));
  return { type: 'forward', text: line };
}

/** `/taks` and `/nope`, unless the agent has a command of that name. A path is text. */
async function unknownCommand(
  text: string,
  { shell }: RunContext,
  { complete }: TypedPolicyOptions,
): Promise<Outcome | undefined> {
  const word = slashWord(text);
  if (word === undefined) return undefined;
  if ((await complete(word)).some(({ insert }) => insert.trim() === word)) return undefined;
  const { nearest } = await import('../config/nearest.ts');
  const known = shell.commands.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
  const name = word.slice(1);
  const meant = nearest(name, known);
  return {
    type: 'denied',
    reason: `“${word}” is no command, and was not sent to the agent`,
    hint: /^(?:bye|q)$/.test(name)
      ? '/exit and Ctrl+D leave prefish.'
      : meant !== undefined
        ? `Did you mean /${meant}?`
        : `/help lists the commands. \\${word} sends it all the same.`,
  };
}

/** `git status`. */
async function meantCommand(text: string, context: RunContext): Promise<Outcome | undefined> {
  const token = context.shell.prefixes.find(({ id }) => id === 'shell')?.token;
  if (token === undefined || context.terminal === undefined) return undefined;
  if (!(await isMeantAsCommand(text, context))) return undefined;
  const command = `${token}${text.trim()}`;
  const run = `${command}   run it`;
  const chosen = await askMeaning(context.ask, text.trim(), [run, `${text.trim()}   send it to the agent`]);
  return chosen === run ? { type: 'forward', text: command } : undefined;
}
