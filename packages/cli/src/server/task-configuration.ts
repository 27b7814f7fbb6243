import type { Config, PluginEntry } from '@prefish/core';

/** The plugin whose options may hold an agent, too. */
const agentPlugin = '@prefish/plugin-agent';

/**
 * What a task gets to see of the user's configuration: the plugins that it loads, and their prefixes. The
 * agent of a task comes along with its line, and what it is started with here may hold credentials.
 */
export function taskConfiguration({ plugins, prefixes }: Config): Config {
  return {
    ...(plugins === undefined ? {} : { plugins: plugins.map(withoutAgent) }),
    ...(prefixes === undefined ? {} : { prefixes }),
  };
}

function withoutAgent(entry: PluginEntry): PluginEntry {
  if (!Array.isArray(entry)) return entry;
  const [name, options] = entry as readonly [string, unknown];
  if (name !== agentPlugin || typeof options !== 'object' || options === null) return entry;
  const { agent: _, ...others } = options as Readonly<Record<string, unknown>>;
  return [name, others];
}
