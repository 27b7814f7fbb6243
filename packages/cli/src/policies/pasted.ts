import { definePlugin, Stage, type Outcome, type Plugin, type Route, type RunContext } from '@prefish/core';
import { isPrefishError } from '@prefish/protocol';
import { sanitizeLabel, textWidth, truncate } from '@prefish/screen';
import { version } from '../installation.ts';

/**
 * Asks before a pasted line runs: whoever copies from a page does not always see all that was copied.
 * Plain text passes. `assumeYes` is what `--yes` says.
 */
export function pastedPolicy({ assumeYes }: { readonly assumeYes: boolean }): Plugin {
  return definePlugin({
    name: '@prefish/policy-pasted',
    version,
    api: '^1',
    setup(shell) {
      const answers = new WeakMap<readonly string[], Promise<Outcome | undefined>>();
      shell.hooks.dispatch.tapPromise({ name: 'ask', stage: Stage.early }, async (line, context) => {
        const mayRun = context.origin !== 'pasted' || line.kind === 'text' || line.kind === 'refused';
        if (mayRun || assumeYes) return undefined;
        const { paste } = context;
        if (paste === undefined) return confirmed(line, context);
        const answer =
          answers.get(paste) ?? (paste.length > 1 ? confirmedAll(paste, context) : confirmed(line, context));
        answers.set(paste, answer);
        return answer;
      });
    },
  })();
}

const unconfirmed: Outcome = { type: 'denied', reason: 'Not run: it was pasted, and nobody confirmed it' };
const declined: Outcome = { type: 'denied', reason: 'not run · ↑ has it back', declined: true };
/** So many lines are shown at most. */
const maxShown = 10;

async function confirmed(line: Route, { ask, terminal, shell }: RunContext): Promise<Outcome | undefined> {
  const message = messageIn(line, shell);
  const text = message ?? line.text;
  const count = text.trimEnd().split('\n').length;
  const what =
    message !== undefined
      ? `Send the pasted message to the agent${count === 1 ? '' : ` (${count} lines)`}`
      : count === 1
        ? 'Run the pasted line'
        : `Run these ${count} pasted lines`;
  const room = Math.max(20, (terminal?.columns ?? 80) - what.length - '? : ? (y/N)'.length);
  const shown = sanitizeLabel(message === undefined ? text.trimEnd() : text.trim().split('\n')[0]!);
  return asked(ask, `${what}: ${cut(shown, room)}?`);
}

/** What does not fit may be what matters: how much it is, is said. */
function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const length = ` (${text.length} characters)`;
  return truncate(text, columns - length.length) + length;
}

/** Nothing where the answer is yes. */
async function asked(ask: RunContext['ask'], question: string): Promise<Outcome | undefined> {
  try {
    return (await ask.confirm(question)) ? undefined : declined;
  } catch (error) {
    return isPrefishError(error) && error.code === 'PREFISH_INTERRUPTED' ? declined : unconfirmed;
  }
}

/** Asks once about lines that run one after the other. */
async function confirmedAll(
  lines: readonly string[],
  { ask, terminal }: RunContext,
): Promise<Outcome | undefined> {
  const most = Math.max(1, Math.min(maxShown, (terminal?.rows ?? 24) - 5));
  const rows = lines.slice(0, lines.length > most ? most - 1 : most);
  const left = lines.length - rows.length;
  const room = Math.max(20, (terminal?.columns ?? 80) - 4);
  const message = [
    `${lines.length} lines were pasted:`,
    ...rows.map((line) => `  ${cut(sanitizeLabel(line), room)}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
    'Run them one after the other?',
  ];
  return asked(ask, message.join('\n'));
}

/** The message that a teleported line is, where it is one and no command. */
function messageIn(line: Route, shell: RunContext['shell']): string | undefined {
  if (line.kind !== 'prefix' || line.prefix.id !== 'teleport') return undefined;
  const { args, body } = shell.explain(line.text);
  const message = args?.body ?? body;
  return shell.explain(message).prefix?.token === '' ? message : undefined;
}
