import type { TeleportNeeds } from '@prefish/core';
import { findProgram } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';
import { linesWith } from './network.ts';

/**
 * Checks that what a prefix needs inside a task can be had there. `env`: the variables of where it runs, where these
 * are known.
 *
 * @throws PREFISH_TELEPORT_NEEDS naming what is missing
 */
export async function checkNeeds(
  token: string,
  { binaries = [], secrets = [] }: TeleportNeeds,
  env: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  if (secrets.length > 0) {
    throw unmet(
      `${linesWith(token)} need ${secrets.join(', ')}, and credentials do not go along with a line`,
      'Leave the & out to run it here.',
    );
  }
  if (env === undefined) return;
  const missing = binaries.filter((name) => findProgram(name, env['PATH']) === undefined);
  if (missing.length === 0) return;
  throw unmet(
    `${linesWith(token)} need ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not on PATH`,
    `Install ${missing.join(' and ')} first.`,
  );
}

function unmet(message: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_TELEPORT_NEEDS', `${message}; nothing was sent`, { hint });
}
