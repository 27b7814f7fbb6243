import { basename, isAbsolute, join } from 'node:path';
import { PrefishError } from '@prefish/core';
import { isProgram, programFolders } from '@prefish/processes';
import { bash } from './dialects/bash.ts';
import type { Dialect } from './dialects/dialect.ts';
import { fish } from './dialects/fish.ts';
import { plain } from './dialects/plain.ts';
import { posix } from './dialects/posix.ts';
import { zsh } from './dialects/zsh.ts';

/** A shell of this machine and the language it speaks. */
export interface FoundShell {
  readonly path: string;
  readonly dialect: Dialect;
}

const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
  ...['sh', 'dash', 'ash', 'ksh', 'ksh93', 'mksh', 'yash'].map((name) => [name, posix] as const),
]);

/** What accounts that may not log in have as their shell. */
const noShells: ReadonlySet<string> = new Set(['false', 'true', 'nologin', 'git-shell']);

/**
 * The user's own shell, as `SHELL` names it; else bash, else sh.
 *
 * @throws PREFISH_SHELL_MISSING
 */
export function findShell(env: Readonly<Record<string, string>>): FoundShell {
  const own = env['SHELL'];
  if (own !== undefined && isAbsolute(own) && !noShells.has(basename(own)) && isProgram(own)) {
    return { path: own, dialect: dialects.get(basename(own)) ?? plain };
  }
  for (const name of ['bash', 'sh']) {
    const path = [...programFolders(env['PATH']), '/bin', '/usr/bin']
      .map((folder) => join(folder, name))
      .find((file) => isProgram(file));
    if (path !== undefined) return { path, dialect: dialects.get(name) ?? plain };
  }
  throw new PrefishError('PREFISH_SHELL_MISSING', 'There is neither bash nor sh on this machine.', {
    hint: 'Set SHELL to the path of your shell.',
  });
}
