import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { OutgoingSnapshot } from './push-snapshot.ts';

const decompress = promisify(inflate);

/**
 * Runs a push with the variables by which git sends only what differs from the snapshot that the mirror got last. git
 * looks for what a mirror has along the parents of a commit, and no snapshot is a parent of the next: files that are
 * not committed would go with every line. For the push alone the latest is made a parent (gitrepository-layout(5),
 * `info/grafts`).
 */
export async function sinceLatest(
  { commit, shadow }: OutgoingSnapshot,
  latest: string | undefined,
  push: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  if (latest === undefined || latest === commit) return push({});
  const grafts = join(shadow, `prefish-grafts-${commit}`);
  try {
    const [parents] = await Promise.all([parentsOf(commit, shadow), parentsOf(latest, shadow)]);
    await writeFile(grafts, `${[commit, ...parents, latest].join(' ')}\n`);
  } catch {
    // That of another clone, or one that is in a pack by now: more is sent.
    return push({});
  }
  try {
    await push({ GIT_GRAFT_FILE: grafts });
  } finally {
    await rm(grafts, { force: true });
  }
}

/** What a commit names as its parents (git-cat-file(1) would be a process). @throws where it is gone, or in a pack */
async function parentsOf(commit: string, shadow: string): Promise<readonly string[]> {
  const object = await readFile(join(shadow, 'objects', commit.slice(0, 2), commit.slice(2)));
  const content = (await decompress(object)).toString('latin1');
  const [head = ''] = content.split('\n\n', 1);
  return Array.from(head.matchAll(/^parent ([0-9a-f]+)$/gm), ([, parent]) => parent!);
}
