import { splitNul } from '../git/git.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { Scan } from './scan-work-tree.ts';
import type { Shadow } from './shadow.ts';

/** What the `.prefishignore` files of a tree name. */
export interface LeftHere {
  /** In the index. */
  readonly tracked: readonly RawPath[];
  /** Not in it: files, and folders as one. */
  readonly untracked: readonly RawPath[];
  /** Whether an untracked path is among them, or below one that is. */
  covers(path: RawPath): boolean;
}

const nothing: LeftHere = { tracked: [], untracked: [], covers: () => false };

/**
 * What the `.prefishignore` files name, which is written as in a `.gitignore`, and counts for tracked files too.
 *
 * @param rules The `.prefishignore` files, among others
 */
export async function findLeftHere(
  shadow: Shadow,
  rules: readonly RawPath[],
  signal?: AbortSignal,
): Promise<LeftHere> {
  if (!rules.some((path) => path.endsWith('.prefishignore'))) return nothing;
  const list = async (...args: readonly string[]): Promise<RawPath[]> => {
    const { stdout } = await shadow.git(['ls-files', '-z', '-i', exclude, ...args], { signal });
    return splitNul(stdout).map((path) => path.replace(/\/$/, ''));
  };
  const [tracked, untracked] = await Promise.all([list('-c'), list('-o', '--directory')]);
  const named = new Set(untracked);
  const isInside = (path: RawPath): boolean =>
    pathsTo(path)
      .slice(0, -1)
      .some((above) => named.has(above));
  return {
    tracked: [...new Set(tracked)],
    // Git names a folder of which nothing is left, and what is in it.
    untracked: untracked.filter((path) => !isInside(path)),
    covers: (path) => pathsTo(path).some((above) => named.has(above)),
  };
}

/** The scan without what stays here. */
export function withoutLeftHere(scan: Scan, left: LeftHere): Scan {
  const tracked = new Set(left.tracked);
  const goes = (path: RawPath): boolean => !tracked.has(path) && !left.covers(path);
  return {
    ...scan,
    candidates: scan.candidates.filter(({ path }) => goes(path)),
    nested: scan.nested.filter(goes),
  };
}

const exclude = '--exclude-per-directory=.prefishignore';

/** A path and every folder above it. */
function pathsTo(path: RawPath): RawPath[] {
  return Array.from(path.matchAll(/\/|$/g), ({ index }) => path.slice(0, index));
}
