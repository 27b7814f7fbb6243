import type { ShellView } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { StagedPlugin } from '../../plugins/stage-plugin.ts';
import { collisions } from '../../plugins/try-plugin.ts';

/** What a person sees of a plugin before any of it runs: where it is from, and what it says it has. */
export function showPlugin(plugin: StagedPlugin, shell: ShellView): string {
  const { name, version, origin, from, integrity, prefixes } = plugin;
  const declared =
    prefixes === undefined
      ? ['declares none; they show when it is loaded']
      : prefixes.map(({ token, id, summary }) => sanitizeLabel(`${token}  ${id}: ${summary}`));
  const taken = collisions(prefixes ?? [], shell, name).map(({ token, id, owner }) =>
    sanitizeLabel(
      `${token} is the token of ${owner} too: neither gets it, until the configuration says prefixes: { ${JSON.stringify(id)}: "…" }`,
    ),
  );
  return [
    `${sanitizeLabel(name)} ${sanitizeLabel(version)}`,
    `  from       ${sanitizeLabel(from)} (${origin})`,
    ...(integrity === '' ? [] : [`  integrity  ${sanitizeLabel(integrity)}`]),
    ...declared.map((line, index) => `  ${index === 0 ? 'prefixes ' : '         '}  ${line}`),
    ...taken.map((line) => `  conflict   ${line}`),
  ].join('\n');
}
