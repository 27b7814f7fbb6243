import { displayPath, type RawPath } from '../git/raw-path.ts';
import { ignoredThemselves, listIgnored, sortIgnored, type Ignored } from './ignored.ts';
import { coarsestMs, findFolders, writeKnownFolders, type KnownFolders } from './known-folders.ts';
import type { LeftHere } from './left-here.ts';
import type { NotCaptured } from './not-captured.ts';
import type { Scan } from './scan-work-tree.ts';
import type { OpenedShadow } from './shadow.ts';

/** What is found out while the index is written, which takes one core. */
export interface Beside {
  readonly ignored: Promise<Ignored>;
  /** Pipes, sockets and devices, of which git says nothing at all. */
  readonly special: Promise<readonly NotCaptured[]>;
}

/** What is known by then. */
export interface BesideOptions {
  readonly scan: Scan;
  readonly left: LeftHere;
  /** The repositories inside the work tree. */
  readonly inner: readonly RawPath[];
  readonly known: KnownFolders;
  /** What the listing depends on, apart from the folders. */
  readonly key: string | undefined;
  /** When the scan began, in milliseconds since 1970. */
  readonly startedMs: number;
}

/** Finds what of a work tree is no part of its index, and keeps it for the next time. */
export function lookBeside(
  { shadow, tree: { root } }: OpenedShadow,
  { scan, left, inner, known, key, startedMs }: BesideOptions,
  signal?: AbortSignal,
): Beside {
  const kept = scan.isKnown ? known.listed : undefined;
  const listing = kept === undefined ? listIgnored(shadow, signal) : Promise.resolve(kept.ignored);
  const ignored = listing.then((listed) => sortIgnored(listed, root, left));
  const special = listing.then(findSpecial);
  ignored.catch(() => {});
  special.catch(() => {});
  return { ignored, special };

  async function findSpecial(listed: readonly RawPath[]): Promise<NotCaptured[]> {
    if (kept !== undefined) return describe(specialIn(known));
    const passed = new Set([...inner, ...left.untracked, ...ignoredThemselves(listed)]);
    const found = await findFolders(root, known.folders, passed, startedMs - coarsestMs, signal);
    const isKnowable = key !== undefined && scan.isComplete && left.untracked.length === 0 && found.isWhole;
    if (isKnowable || found.isNews || known.listed !== undefined) {
      const next = isKnowable ? { listed: { key, ignored: listed } } : {};
      await writeKnownFolders(shadow, { folders: found.folders, ...next });
    }
    return describe(found.special);
  }
}

function describe(special: readonly RawPath[]): NotCaptured[] {
  return special.map((path): NotCaptured => ({ path: displayPath(path), why: 'special' }));
}

function specialIn({ folders }: KnownFolders): RawPath[] {
  return Object.entries(folders).flatMap(([path, { special }]) =>
    special.map((name) => (path === '' ? name : `${path}/${name}`)),
  );
}
