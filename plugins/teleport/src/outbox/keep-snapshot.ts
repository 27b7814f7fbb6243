import { errorMessage, isPrefishError } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import type { Services } from '../services.ts';
import { snapshotOf } from './deliver.ts';
import type { OutboxEntry } from './outbox.ts';
import { pinSnapshot } from './pin-snapshot.ts';

/**
 * Makes what a line takes along that is kept independent of the user's repository. Where it cannot be, the line waits
 * all the same, and the user is told what would lose it.
 */
export async function keepSnapshot(
  { warn }: Pick<Services, 'warn'>,
  git: Git,
  entry: OutboxEntry,
): Promise<void> {
  try {
    await pinSnapshot(git, snapshotOf(entry));
  } catch (error) {
    const { line, root } = entry.request;
    warn(
      isPrefishError(error) && error.code === 'PREFISH_NO_SPACE' ? error.code : 'PREFISH_SNAPSHOT_FAILED',
      `${line} waits, and what it takes along could not be copied: ${errorMessage(error)}`,
      `Until it is sent, leave ${root} where it is, and do without git gc --prune there.`,
    );
  }
}

/** {@link keepSnapshot} of what nobody could keep: the prefish that wrote the line down was killed. */
export async function keepLeftBehind(
  services: Pick<Services, 'outbox' | 'warn'>,
  git: Git,
  entries: readonly OutboxEntry[],
): Promise<void> {
  const { outbox } = services;
  for (const { request, pinned } of entries) {
    if (pinned === true) continue;
    const keep = async (): Promise<void> => {
      const entry = await outbox.read(request.id);
      if (entry === undefined || entry.pinned === true) return;
      await keepSnapshot(services, git, entry);
      await outbox.write({ ...entry, pinned: true });
    };
    await outbox.hold(request.id, keep, { timeoutMs: 100 }).catch((error: NodeJS.ErrnoException) => {
      // Who wrote it down is at it.
      if (error.code !== 'ELOCKED') throw error;
    });
  }
}
