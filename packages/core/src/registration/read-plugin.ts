import { PrefishError } from '@prefish/protocol';
import type { Plugin } from '../plugin.ts';

/**
 * A plugin as it is now. Whatever stands among the plugins of a configuration comes here first, so each
 * of its properties is looked at once, and one that throws when looked at is no plugin.
 *
 * @throws PREFISH_PLUGIN_INVALID
 */
export function readPlugin(value: unknown): Plugin {
  const invalid = (what: string, cause?: unknown): PrefishError =>
    new PrefishError('PREFISH_PLUGIN_INVALID', `This is no plugin: ${what}`, {
      hint: 'Export what definePlugin() returns, and call it with its options: plugins: [notes()].',
      cause,
    });
  let plugin: Plugin;
  try {
    const { kind, name, version, api, schema, options, setup } = value as Plugin;
    plugin = {
      kind,
      name,
      api,
      options,
      setup: (shell) => setup.call(value as Plugin, shell),
      ...(typeof version === 'string' ? { version } : {}),
      ...(schema === undefined ? {} : { schema }),
    };
    if (kind !== 'prefish.plugin' || typeof setup !== 'function') throw invalid(describe(value));
  } catch (cause) {
    throw cause instanceof PrefishError ? cause : invalid(describe(value), cause);
  }
  if (typeof plugin.name !== 'string' || plugin.name === '') throw invalid('it has no name');
  if (typeof plugin.api === 'string') return plugin;
  throw new PrefishError('PREFISH_PLUGIN_INVALID', `${plugin.name} does not say which plugin API it is for`, {
    plugin: plugin.name,
    hint: "Give it an api: definePlugin({ name, api: '^1', … }).",
  });
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function (call it to get the plugin)';
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null ? 'null' : typeof value;
}
