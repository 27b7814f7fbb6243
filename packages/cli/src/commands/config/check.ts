import { dirname, resolve } from 'node:path';
import type { Outcome } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Configuration } from '../../config/configuration.ts';
import { findConfigFiles, formatOf } from '../../config/find-files.ts';
import { readLayers } from '../../config/read-layers.ts';
import { defaultTokens } from '../../default-plugins.ts';
import type { Folders } from '../../folders.ts';
import { createTrust } from '../../trust/create-trust.ts';
import type { ShellOpening } from '../plugin.ts';

/** All that is wrong with the files that count, or with the one that is named. @throws the first problem */
export async function checkConfiguration(
  file: string | undefined,
  opening: ShellOpening,
  folders: Folders,
): Promise<Outcome> {
  const checked =
    file === undefined ? opening.configuration : await checkFile(resolve(file), opening, folders);
  const { problems, files, waiting } = checked;
  const [problem] = problems;
  if (problem !== undefined) throw together(problems);
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

function together(problems: readonly PrefishError[]): PrefishError {
  const [first] = problems;
  if (problems.length === 1) return first!;
  return new PrefishError(first!.code, problems.map(({ message }) => message).join('\n'), {
    hint: problems.flatMap(({ hint = [] }) => hint).join(' ') || undefined,
  });
}
