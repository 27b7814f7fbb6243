import type { TeleportOptions } from './options.ts';

/**
 * Delivers the lines that other processes kept for a server that was away, until none waits that could go by itself:
 * for a process that does nothing else. Nothing of it is loaded before.
 */
export async function deliverKept(
  options: Pick<TeleportOptions, 'folders' | 'connect' | 'elsewhere'>,
  signal: AbortSignal,
): Promise<void> {
  const { keepDelivering } = await import('./outbox/keep-delivering.ts');
  return keepDelivering(options, signal);
}
