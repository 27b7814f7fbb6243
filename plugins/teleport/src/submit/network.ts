import type { TeleportNeeds } from '@prefish/core';
import { PrefishError, type Network } from '@prefish/protocol';

/** What a line is to reach: what its options say, else what the configuration says, else what its prefix needs. */
export interface NetworkWishes {
  readonly asked: Network | undefined;
  readonly configured: Network | undefined;
}

/**
 * The network level that a line asks the server for; `undefined` leaves it to the server. A prefix that
 * needs `allowlist` can do with less: the list may be empty.
 *
 * @throws PREFISH_TELEPORT_NEEDS when the configuration grants less than the prefix needs
 */
export function networkFor(
  token: string,
  needs: Pick<TeleportNeeds, 'network'>,
  { asked, configured }: NetworkWishes,
): Network | undefined {
  const needed = needs.network;
  if (asked !== undefined || configured === undefined) return asked ?? needed;
  if (needed !== 'full' || configured === 'full') return configured;
  throw new PrefishError(
    'PREFISH_TELEPORT_NEEDS',
    `${linesWith(token)} need the network level ${needed}, and the configuration says ${configured}; nothing was sent`,
    { hint: `& --network ${needed} grants it to one line.` },
  );
}

/** Those lines, as the beginning of a sentence. */
export function linesWith(token: string): string {
  return token === '' ? 'Lines of plain text' : `Lines with ${token}`;
}
