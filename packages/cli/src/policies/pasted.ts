import { definePlugin, Stage, type Outcome, type Plugin, type Route, type RunContext } from '@prefish/core';
import { sanitizeLabel, truncate } from '@prefish/screen';
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
      shell.hooks.dispatch.tapPromise({ name: 'ask', stage: Stage.early }, async (line, context) => {
        const mayRun = context.origin !== 'pasted' || line.kind === 'text' || line.kind === 'refused';
        return mayRun || assumeYes ? undefined : confirmed(line, context);
      });
    },
  })();
}

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
  const yes = await ask
    .confirm(
      `${what}: ${truncate(sanitizeLabel(message === undefined ? text.trimEnd() : text.trim().split('\n')[0]!), room)}?`,
    )
    .catch(() => false);
  return yes ? undefined : { type: 'denied', reason: 'Not run: it was pasted, and nobody confirmed it' };
}

/** The message that a teleported line is, where it is one and no command. */
function messageIn(line: Route, shell: RunContext['shell']): string | undefined {
  if (line.kind !== 'prefix' || line.prefix.id !== 'teleport') return undefined;
  const { args, body } = shell.explain(line.text);
  const message = args?.body ?? body;
  return shell.explain(message).prefix?.token === '' ? message : undefined;
}
