import type { FoundTask, Luggage, RunContext } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import type { PlannedLine } from './plan-line.ts';

type OwnedLine = Pick<PlannedLine, 'body' | 'needs' | 'plugin' | 'prefix'>;

/**
 * What the owner of a line sends along with it; `earlier` is a task that has ended, which the line takes up.
 *
 * @throws what the owner refuses the line with; PREFISH_PLUGIN_FAILED for a mistake of the owner
 */
export async function prepareLuggage(
  { body, needs, plugin, prefix }: OwnedLine,
  context: RunContext,
  earlier?: FoundTask,
): Promise<Luggage> {
  try {
    return (await needs.prepare?.(body, context, earlier)) ?? {};
  } catch (cause) {
    context.signal.throwIfAborted();
    if (isPrefishError(cause)) throw withConsequence(cause, plugin);
    throw new PrefishError(
      'PREFISH_PLUGIN_FAILED',
      `${plugin} failed in teleport.prepare of ${prefix}: ${errorMessage(cause)}; ${consequence}`,
      { plugin, cause, hint: `That is a mistake in ${plugin}: its author will want to know.` },
    );
  }
}

const consequence = 'nothing was sent';

function withConsequence(error: PrefishError, plugin: string): PrefishError {
  const { code, message, hint } = error;
  const told = message.includes(consequence) ? message : `${message.replace(/\.$/, '')}; ${consequence}`;
  return new PrefishError(code, told, {
    hint,
    plugin: error.plugin ?? plugin,
    cause: error,
    exit: error.exitCode,
  });
}
