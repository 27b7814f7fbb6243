import { isAbsolute } from 'node:path';
import type { PrefixTokens } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Flags } from '../arguments.ts';
import type { Folders } from '../folders.ts';
import type { Configuration } from './configuration.ts';
import { findConfigFiles, type FoundFiles } from './find-files.ts';
import { merge } from './merge.ts';
import type { AskForTrust } from './read-layers.ts';

/** What {@link findFiles} takes. */
export interface FindOptions {
  readonly flags: Partial<Pick<Flags, 'config' | 'noConfig'>>;
  readonly folders: Pick<Folders, 'config'>;
  /** The folder that the session starts in. */
  readonly start: string;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What {@link loadConfiguration} takes. */
export interface LoadOptions extends FindOptions {
  readonly flags: Pick<Flags, 'config' | 'noConfig' | 'server' | 'plugins'>;
  readonly folders: Folders;
  /** The tokens of the default plugins. */
  readonly defaults: PrefixTokens;
  /** Absent where nobody can be asked. */
  readonly ask?: AskForTrust;
}

/**
 * Finds, reads and merges everything that is configured. Never rejects for what a file holds: that is
 * among the `problems`. Where there is no file, nothing is loaded to read one.
 */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  const { flags, folders, defaults, env = process.env } = options;
  const found = findFiles(options);
  const server = flags.server ?? (env['PREFISH_SERVER'] || undefined);
  const overrides = {
    ...(server === undefined
      ? {}
      : { server: { value: server, origin: flags.server === undefined ? 'PREFISH_SERVER' : '--server' } }),
    plugins: flags.plugins,
    folder: flags.plugins.length === 0 ? '/' : process.cwd(),
  };
  if (found.files.length === 0) {
    const { problems, ignored } = found;
    return { ...merge(defaults, [], overrides), files: [], problems, ignored };
  }
  const { readLayers } = await import('./read-layers.ts');
  const { layers, problems, ...read } = await readLayers(found.files, {
    defaults,
    trust: async () => (await import('../trust/create-trust.ts')).createTrust(folders),
    ...(options.ask === undefined ? {} : { ask: options.ask }),
  });
  return {
    ...merge(defaults, layers, overrides),
    ...read,
    problems: [...found.problems, ...problems],
    ignored: found.ignored,
  };
}

/** Where the files are that flags and environment let count. A task never reads its repository's. */
export function findFiles({ flags, folders, start, env = process.env }: FindOptions): FoundFiles {
  if (flags.noConfig) return { files: [], ignored: [], problems: [] };
  const fromEnv = flags.config === undefined ? env['PREFISH_CONFIG'] || undefined : undefined;
  const isRelative = fromEnv !== undefined && !isAbsolute(fromEnv);
  const given = isRelative ? undefined : (flags.config ?? fromEnv);
  const found = findConfigFiles({
    user: folders.config,
    ...(env['PREFISH_TASK'] ? {} : { start }),
    ...(given === undefined ? {} : { given }),
  });
  return isRelative ? { ...found, problems: [...found.problems, relative(fromEnv)] } : found;
}

/** It would be another file in each folder, and that of a repository would count as the user's own. */
function relative(path: string): PrefishError {
  return new PrefishError('PREFISH_CONFIG_INVALID', `PREFISH_CONFIG is a relative path: ${path}`, {
    hint: 'Set it to an absolute path; --config takes a path that is relative to the folder you are in.',
  });
}
