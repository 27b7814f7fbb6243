import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { TeleportNeeds } from '@prefish/core';
import { PrefishError, type Network } from '@prefish/protocol';

/** Less first. */
const levels: readonly Network[] = ['none', 'allowlist', 'full'];

/** What a line is to reach: what its options say, else what the configuration says, else what its prefix needs. */
export interface NetworkWishes {
  readonly asked: Network | undefined;
  readonly configured: Network | undefined;
}

/**
 * The network level that a line asks the server for; `undefined` leaves it to the server.
 *
 * @throws PREFISH_TELEPORT_NEEDS when the configuration grants less than the prefix needs
 */
export function networkFor(
  token: string,
  needs: TeleportNeeds,
  { asked, configured }: NetworkWishes,
): Network | undefined {
  const needed = needs.network;
  if (asked !== undefined || configured === undefined) return asked ?? needed;
  if (needed === undefined || levels.indexOf(configured) >= levels.indexOf(needed)) return configured;
  throw unmet(
    `Lines with ${token} need the network level ${needed}, and the configuration says ${configured}`,
    `& --network ${needed} grants it to one line.`,
  );
}

/**
 * Checks that what a prefix needs inside a task can be had there.
 *
 * @throws PREFISH_TELEPORT_NEEDS naming what is missing
 */
export async function checkNeeds(
  token: string,
  { binaries = [], secrets = [] }: TeleportNeeds,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  if (secrets.length > 0) {
    throw unmet(
      `Lines with ${token} need ${secrets.join(', ')}, and credentials do not go along with a line`,
      'Leave the & out to run it here.',
    );
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const found = await Promise.all(binaries.map((name) => isOnPath(name, folders)));
  const missing = binaries.filter((_, index) => !found[index]);
  if (missing.length === 0) return;
  throw unmet(
    `Lines with ${token} need ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not on PATH`,
    `Install ${missing.join(' and ')} first.`,
  );
}

async function isOnPath(name: string, folders: readonly string[]): Promise<boolean> {
  const tries = folders.map(async (folder) => {
    const path = join(folder, name);
    await access(path, constants.X_OK);
    if (!(await stat(path)).isFile()) throw new Error(`${path} is a folder`);
  });
  return Promise.any(tries).then(
    () => true,
    () => false,
  );
}

function unmet(message: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_TELEPORT_NEEDS', `${message}; nothing was sent`, { hint });
}
