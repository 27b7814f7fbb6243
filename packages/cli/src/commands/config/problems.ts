import { isPrefishError, type AnyErrorCode } from '@prefish/protocol';
import type { ShellView } from '@prefish/core';
import type { Configuration } from '../../config/configuration.ts';
import { tokensOf } from '../../config/merge.ts';
import { nearest } from '../../config/nearest.ts';
import { expectedPrefixes } from '../../default-plugins.ts';

/** Something that is wrong with the value of a file, though it is one that the file may have. */
export interface Problem {
  readonly code: AnyErrorCode;
  readonly message: string;
  readonly hint: string;
  /** What says it: a file, a flag. */
  readonly origin: string;
}

/** What shows only in a shell: plugins that did not load, ids that nobody has, tokens that two claim. */
export function problemsOf(configuration: Configuration, shell: ShellView): Problem[] {
  const plugins = failedPlugins(configuration, shell);
  return [
    ...plugins,
    ...unknownIds(configuration, shell, plugins.length > 0),
    ...conflicts(configuration, shell),
  ];
}

function failedPlugins({ plugins, files }: Configuration, shell: ShellView): Problem[] {
  return shell.plugins.flatMap(({ name, origin, error }) => {
    if (error === undefined) return [];
    const named = plugins.find(({ module, plugin }) => module === name || plugin?.name === name);
    const from = files.some(({ path }) => path === origin) ? origin : (named?.origin ?? origin);
    const [code, hint] = isPrefishError(error) ? [error.code, error.hint] : [undefined, undefined];
    return {
      code: code ?? 'PREFISH_PLUGIN_LOAD',
      message: error.message,
      hint: code === 'PREFISH_PLUGIN_OPTIONS' || hint === undefined ? `${name} is named in ${from}.` : hint,
      origin: from,
    };
  });
}

/** One of a plugin that did not load is not known either: it need not be misspelt. */
function unknownIds({ value, origins }: Configuration, shell: ShellView, unsure: boolean): Problem[] {
  const known = [...new Set([...shell.prefixes, ...expectedPrefixes].map(({ id }) => id))];
  // Those that have no token are not listed.
  const registered = new Set([...known, ...shell.plugins.flatMap(({ prefixes }) => prefixes)]);
  return Object.keys(value.prefixes ?? {}).flatMap((id) => {
    const meant = nearest(id, known);
    if (registered.has(id) || (unsure && meant === undefined)) return [];
    const origin = origins[`prefixes.${id}`]!;
    return {
      code: 'PREFISH_CONFIG_INVALID',
      message: `${origin}: prefixes.${id}: no plugin has a prefix of that id`,
      hint: meant === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${meant}?`,
      origin,
    };
  });
}

function conflicts({ value, origins }: Configuration, shell: ShellView): Problem[] {
  return [...Map.groupBy(shell.prefixes, ({ token }) => token)].flatMap(([token, owners]) => {
    if (owners.length < 2) return [];
    const ids = owners.map(({ id }) => id);
    const configured = ids.filter(
      (id) => origins[`prefixes.${id}`] !== 'default' && tokensOf(value.prefixes?.[id]).includes(token),
    );
    const origin = origins[`prefixes.${configured[0]}`] ?? 'default';
    const where = configured.length === 0 ? '' : ` in ${origin}`;
    const second = ids.find((id) => !expectedPrefixes.some((expected) => expected.id === id)) ?? ids[1]!;
    return {
      code: 'PREFISH_TOKEN_CONFLICT',
      message: `${token || 'Plain text'} is claimed by ${owners.map(({ id, plugin }) => `${id} (${plugin})`).join(' and ')}, so neither gets it`,
      hint: `Give one of them another token${where}: prefixes: { ${JSON.stringify(second)}: "…" }`,
      origin,
    };
  });
}
