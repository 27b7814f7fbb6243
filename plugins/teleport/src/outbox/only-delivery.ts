import { join } from 'node:path';
import { withLock } from '@prefish/durable';

/** How long a lock may be held by who only looks whether it is, in milliseconds. */
const lookMs = 50;

/** Runs `deliver` unless another process of the user does so already. Resolves with whether it ran. */
export async function asOnlyDelivery(
  { data }: { readonly data: string },
  deliver: () => Promise<void>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await withLock(join(data, 'outbox.lock'), deliver, { signal, timeoutMs: lookMs });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    return false;
  }
}
