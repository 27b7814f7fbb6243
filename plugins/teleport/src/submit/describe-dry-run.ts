import type { Luggage } from '@prefish/core';
import type { Network } from '@prefish/protocol';
import type { Server } from '../server.ts';

/** What a dry run says last: what the line would reach, and that it went nowhere. */
export function describeDryRun(
  network: Network | undefined,
  allow: readonly string[],
  { models = [] }: Luggage,
  { elsewhere, place }: Pick<Server, 'elsewhere' | 'place'>,
): string {
  // A model is reached through the gateway, whatever the level.
  const model = models.length === 0 ? '' : ', and its model';
  return `  network ${reach(network ?? 'full', allow, elsewhere ? `${place} lets it reach` : 'it would reach here')}${model}\nnothing was sent: --dry-run`;
}

function reach(network: Network, allow: readonly string[], all: string): string {
  if (network === 'full') return `full: whatever ${all}`;
  if (network === 'none') return 'none';
  return `allowlist: ${allow.join(', ') || 'no host'}`;
}
