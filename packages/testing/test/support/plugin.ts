import { definePlugin, type Plugin, type PluginShell } from '@prefish/core';

/** A plugin made of its setup alone. */
export function plugin(setup: (shell: PluginShell) => void | (() => void), name = 'probe'): Plugin {
  return definePlugin({ name, api: '^1', setup: (shell) => setup(shell) })();
}
