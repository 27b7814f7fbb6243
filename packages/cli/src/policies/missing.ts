import { definePlugin, Stage, type Plugin } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { version } from '../installation.ts';
import type { PlacedPlugin } from '../plugins/compose-plugins.ts';

/**
 * Refuses plain text while a plugin is missing of which nobody knows which lines are its own: one that
 * was meant for it must not reach an agent. Of the plugins in `declared` it is known.
 */
export function missingPolicy(declared: readonly Pick<PlacedPlugin, 'plugin'>[]): Plugin {
  const known = new Set(declared.map(({ plugin }) => plugin?.name));
  return definePlugin({
    name: '@prefish/policy-missing',
    version,
    api: '^1',
    setup(shell) {
      shell.hooks.dispatch.tap({ name: 'refuse', stage: Stage.early }, (line) => {
        if (line.kind !== 'text') return undefined;
        const { plugins } = shell.view;
        const loaded = new Set(plugins.flatMap(({ name, error }) => (error === undefined ? name : [])));
        const missing = plugins.find(
          ({ name, origin, error }) =>
            error !== undefined && origin !== 'default' && !known.has(name) && !loaded.has(name),
        );
        if (missing === undefined) return undefined;
        throw new PrefishError(
          'PREFISH_PREFIX_UNAVAILABLE',
          `${missing.name} is not loaded, and the line may be meant for it. It was not sent elsewhere.`,
          {
            plugin: missing.name,
            hint: 'Mend the plugin or leave it out: prefish plugins says what is wrong with it.',
          },
        );
      });
    },
  })();
}
