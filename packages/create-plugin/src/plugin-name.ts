import { PrefishError } from '@prefish/protocol';
import validate from 'validate-npm-package-name';

/** The name of a new plugin in its two forms. */
export interface PluginName {
  /** The package: `prefish-plugin-notes`, `@me/prefish-plugin-notes`. */
  readonly package: string;
  /** The prefix, and the end of the package's name: `notes`. */
  readonly id: string;
}

const beginning = 'prefish-plugin-';

/**
 * Reads a name with or without its beginning and scope: `notes`, `prefish-plugin-notes`, `@me/notes`.
 *
 * @throws PREFISH_USAGE for what npm would not publish under
 */
export function parsePluginName(name: string): PluginName {
  const [, scope = '', rest = ''] = /^(@[^/]*\/)?(.*)$/s.exec(name)!;
  const id = rest.startsWith(beginning) ? rest.slice(beginning.length) : rest;
  const full = `${scope}${beginning}${id}`;
  const { validForNewPackages, errors = [], warnings = [] } = validate(full);
  const complaint = id === '' ? 'it is empty' : [...errors, ...warnings][0];
  if (validForNewPackages && id !== '') return { package: full, id };
  throw new PrefishError(
    'PREFISH_USAGE',
    `${JSON.stringify(name)} cannot be the name of a plugin: ${complaint}`,
    {
      hint: 'Lower-case letters, digits and dashes: notes, prefish-plugin-notes, @me/notes. --dir names the folder.',
    },
  );
}
