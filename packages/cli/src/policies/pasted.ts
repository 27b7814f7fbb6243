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

async function confirmed({ text }: Route, { ask, terminal }: RunContext): Promise<Outcome | undefined> {
  const count = text.trimEnd().split('\n').length;
  const what = count === 1 ? 'Run the pasted line' : `Run these ${count} pasted lines`;
  const room = Math.max(20, (terminal?.columns ?? 80) - what.length - '? : ? (y/N)'.length);
  const yes = await ask
    .confirm(`${what}: ${truncate(sanitizeLabel(text.trimEnd()), room)}?`)
    .catch(() => false);
  return yes ? undefined : { type: 'denied', reason: 'Not run: it was pasted, and nobody confirmed it' };
}
