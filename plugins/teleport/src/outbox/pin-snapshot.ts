import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOfPack, linkObjects, listPacks, NotLinkable, withLock } from '@prefish/durable';
import type { Git } from '../git/git.ts';
import { isolated, type OutgoingSnapshot } from './push-snapshot.ts';

const pins = 'refs/prefish/outbox/';

/**
 * Makes a snapshot independent of the user's repository, until {@link unpinSnapshot}. What is packed there gets a
 * second name here, which costs nothing; the rest is copied.
 */
export async function pinSnapshot(
  git: Git,
  { id, commit, shadow }: OutgoingSnapshot,
  signal?: AbortSignal,
): Promise<void> {
  const run = { env: { ...isolated, GIT_DIR: shadow }, signal };
  await withLock(
    lockOf(shadow),
    async () => {
      // git does not sync refs by itself, and what no ref names goes with the next repack.
      await git(['-c', 'core.fsync=committed', 'update-ref', `${pins}${id}`, commit], run);
      await linkBorrowedPacks(shadow, signal);
      // Without -l the pack holds borrowed objects too, except for those of packs that are kept; with -k what no ref
      // names stays, which another line may be about to need.
      await git(['repack', '-a', '-d', '-k', '-q'], run);
    },
    { signal },
  );
}

/** Lets go of what {@link pinSnapshot} kept. */
export async function unpinSnapshot(
  git: Git,
  { id, shadow }: Pick<OutgoingSnapshot, 'id' | 'shadow'>,
): Promise<void> {
  const run = { env: { ...isolated, GIT_DIR: shadow }, codes: [0, 1, 128] };
  const letGo = async (): Promise<void> => {
    await git(['update-ref', '-d', `${pins}${id}`], run);
    if ((await pinnedSnapshots(git, shadow)).length === 0) await forgetLinkedPacks(shadow);
  };
  await withLock(lockOf(shadow), letGo).catch((error: NodeJS.ErrnoException) => {
    // Who tidies the shadow does it.
    if (error.code !== 'ELOCKED' && error.code !== 'ENOSPC') throw error;
  });
}

/** Beside the shadow, held by who keeps or lets go there: what is shared goes with the last pin, and comes before the first. */
function lockOf(shadow: string): string {
  return `${shadow.replace(/\.git$/, '')}.pins.lock`;
}

/** The ids of what {@link pinSnapshot} keeps in a shadow. */
export async function pinnedSnapshots(git: Git, shadow: string): Promise<readonly string[]> {
  const run = { env: { ...isolated, GIT_DIR: shadow }, codes: [0, 1, 128] };
  const { stdout } = await git(['for-each-ref', '--format=%(refname)', pins], run);
  const refs = stdout.toString('utf8').split('\n').slice(0, -1);
  return refs.map((ref) => ref.slice(pins.length));
}

/** Packs of the user's repository, each with a mark that keeps git from packing it again. */
async function linkBorrowedPacks(shadow: string, signal: AbortSignal | undefined): Promise<void> {
  const objects = join(shadow, 'objects');
  const alternates = await readFile(join(objects, 'info/alternates'), 'utf8').catch(() => '');
  const [borrowed = ''] = alternates.split('\n', 1);
  if (!borrowed.startsWith('/')) return;
  const own = new Set(await listPacks(objects));
  try {
    await linkObjects(borrowed, { loose: [] }, objects, signal);
  } catch (error) {
    if (!(error instanceof NotLinkable)) throw error;
  }
  const linked = (await listPacks(objects)).filter((pack) => !own.has(pack));
  await Promise.all(linked.map((pack) => writeFile(join(objects, `${pack}.keep`), 'prefish\n')));
}

async function forgetLinkedPacks(shadow: string): Promise<void> {
  const objects = join(shadow, 'objects');
  const names = await readdir(join(objects, 'pack')).catch((): string[] => []);
  for (const keep of names.filter((name) => name.endsWith('.keep'))) {
    const pack = join('pack', keep.slice(0, -'.keep'.length));
    // The index first: without it nobody takes it for a pack.
    for (const file of [...filesOfPack(pack).toReversed(), `${pack}.keep`]) {
      await rm(join(objects, file), { force: true });
    }
  }
}
