import type { Luggage } from '@prefish/core';
import type { Network } from '@prefish/protocol';

/** What a dry run says last: what the line would reach, and that it went nowhere. */
export function describeDryRun(
  network: Network | undefined,
  allow: readonly string[],
  { models = [] }: Luggage,
): string {
  // A model is reached through the gateway, whatever the level.
  const model = models.length === 0 ? '' : ', and its model';
  return `  network ${reach(network ?? 'full', allow)}${model}\nnothing was sent: --dry-run`;
}

function reach(network: Network, allow: readonly string[]): string {
  if (network === 'full') return 'full: whatever it would reach here';
  if (network === 'none') return 'none';
  return `allowlist: ${allow.join(', ') || 'no host'}`;
}
