import { isPrefishError, type LoadedPlugin, type Outcome, type ShellView } from '@prefish/core';

/** The plugins of this shell. `paths`: the files of their modules, by their names. */
export function listPlugins(shell: ShellView, paths: ReadonlyMap<string, string>): Outcome {
  const data = shell.plugins.map(({ error, ...plugin }) => ({
    ...plugin,
    tokens: tokensOf(plugin, shell),
    ...(plugin.origin !== 'default' && paths.has(plugin.name) ? { path: paths.get(plugin.name) } : {}),
    ...(error === undefined ? {} : { error: error.message }),
    ...(isPrefishError(error) ? { code: error.code } : {}),
  }));
  const message = shell.plugins.map((plugin) => describe(plugin, shell)).join('\n');
  return { type: 'ok', message, data };
}

function describe(plugin: LoadedPlugin, shell: ShellView): string {
  const version = plugin.version === undefined ? '' : ` ${plugin.version}`;
  const head = `${plugin.name}${version} (${plugin.origin})`;
  if (plugin.error !== undefined) return `${head}\n  not loaded: ${plugin.error.message}`;
  const tokens = shell.prefixes
    .filter(({ id }) => plugin.prefixes.includes(id))
    .map(({ token, id }) => `${token || 'plain text'} ${id}`);
  const offers = [
    ...(tokens.length > 0 ? [`prefixes ${tokens.join(', ')}`] : []),
    ...(plugin.commands.length > 0 ? [`commands ${plugin.commands.join(', ')}`] : []),
    ...(plugin.sources.length > 0 ? [`task sources ${plugin.sources.join(', ')}`] : []),
  ];
  return `${head}\n  ${offers.join(' · ')}`;
}

/** The tokens of the plugin's prefixes, by id. */
function tokensOf({ prefixes }: LoadedPlugin, shell: ShellView): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    prefixes.map((id) => [id, shell.prefixes.flatMap((prefix) => (prefix.id === id ? prefix.token : []))]),
  );
}
