import { dirname, resolve } from 'node:path';
import type { Outcome, ShellView } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Configuration } from '../../config/configuration.ts';
import { findConfigFiles, formatOf } from '../../config/find-files.ts';
import { readLayers } from '../../config/read-layers.ts';
import { defaultTokens } from '../../default-plugins.ts';
import type { Folders } from '../../folders.ts';
import { createTrust } from '../../trust/create-trust.ts';
import type { ShellOpening } from '../plugin.ts';
import { problemsOf } from './problems.ts';

/** What {@link checkConfiguration} takes besides the file. */
export interface CheckOptions {
  readonly opening: ShellOpening;
  readonly folders: Folders;
  /** The shell that was opened with what is configured. */
  readonly shell: ShellView;
}

/**
 * All that is wrong with the files that count and with what came of them in the shell, or with the file that
 * is named alone.
 *
 * @throws the problems as one
 */
export async function checkConfiguration(
  file: string | undefined,
  { opening, folders, shell }: CheckOptions,
): Promise<Outcome> {
  const { configuration } = opening;
  const path = file === undefined ? undefined : resolve(file);
  const checked = path === undefined ? configuration : await checkFile(path, opening, folders);
  const { files, waiting } = checked;
  const used = configuration.files.filter((known) => path === undefined || known.path === path);
  const problems = [
    ...checked.problems,
    ...problemsOf(configuration, shell).filter(
      ({ origin }) => path === undefined || used.some((known) => known.path === origin),
    ),
  ];
  if (problems.length > 0) throw together(problems);
  const message = [
    ...files.map(({ path, state }) =>
      state === 'waiting' ? `${path} waits for trust; nothing of it was run` : `${path} is sound`,
    ),
    ...(files.length === 0 ? ['There is no configuration file.'] : []),
    ...(waiting === undefined ? [] : waiting.request.effects.map((effect) => `  it would ${effect}`)),
  ].join('\n');
  return { type: 'ok', message, data: { files } };
}

type Checked = Pick<Configuration, 'problems' | 'files' | 'waiting'>;

/** Checks one file as what it is: the user's own, or that of the project in which it lies. */
async function checkFile(path: string, { flags }: ShellOpening, folders: Folders): Promise<Checked> {
  const found = findConfigFiles({ user: folders.config, start: dirname(path) });
  const known = found.files.find((file) => file.path === path);
  const format = formatOf(path);
  const isOwn = flags.config !== undefined && resolve(flags.config) === path;
  if (known === undefined && format === 'script' && !isOwn) {
    throw new PrefishError('PREFISH_UNTRUSTED', `${path} is a script, and checking it would run it`, {
      hint: `If it is yours: prefish config check --config ${path}`,
    });
  }
  return readLayers([known ?? { path, format, level: 'given' }], {
    defaults: defaultTokens,
    trust: () => Promise.resolve(createTrust(folders)),
  });
}

function together(problems: readonly Pick<PrefishError, 'code' | 'message' | 'hint'>[]): PrefishError {
  const [first] = problems;
  return new PrefishError(first!.code, problems.map(({ message }) => message).join('\n'), {
    hint: [...new Set(problems.flatMap(({ hint = [] }) => hint))].join(' ') || undefined,
    exit: 2,
  });
}
