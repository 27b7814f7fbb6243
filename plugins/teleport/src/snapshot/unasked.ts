import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import type { Candidate } from './scan-work-tree.ts';
import type { Shadow } from './shadow.ts';

/** What is smaller is not remembered, in bytes. */
const leastBytes = 1_000_000;

/**
 * Remembers what was read when nobody was asked, because nothing was to be sent: a dry run, or an apply. The next
 * scan does not find it any more.
 */
export async function rememberUnasked(shadow: Shadow, candidates: readonly Candidate[]): Promise<void> {
  const large = candidates.filter(({ size }) => size >= leastBytes);
  if (large.length === 0) return;
  const known = await readUnasked(shadow);
  const all = new Map([...known, ...large].map(({ path, size }) => [path, { path, size }]));
  await replaceFile(fileOf(shadow), JSON.stringify([...all.values()]));
}

/** What {@link rememberUnasked} has, and what is to be asked about now. */
export async function withUnasked(
  shadow: Shadow,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const known = await readUnasked(shadow);
  if (known.length === 0) return candidates;
  const fresh = new Set(candidates.map(({ path }) => path));
  return [...candidates, ...known.filter(({ path }) => !fresh.has(path))];
}

/** Everything has been asked about. */
export async function forgetUnasked(shadow: Shadow): Promise<void> {
  await rm(fileOf(shadow), { force: true });
}

async function readUnasked(shadow: Shadow): Promise<Candidate[]> {
  try {
    return JSON.parse(await readFile(fileOf(shadow), 'utf8')) as Candidate[];
  } catch {
    return [];
  }
}

function fileOf({ folder }: Shadow): string {
  return join(folder, 'prefish-unasked');
}
