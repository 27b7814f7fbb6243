import { join } from 'node:path';
import { withLock } from '@prefish/durable';
import { isPrefishError, PrefishError, errorMessage } from '@prefish/protocol';
import { withIgnoredInside, type Ignored } from './ignored.ts';
import { readFilteredFiles, type FilteredFile } from './filtered-files.ts';
import { captureInnerRepositories, type InnerRepository } from './inner-repositories.ts';
import { findLeftHere, withoutLeftHere, type LeftHere } from './left-here.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { NotCaptured } from './not-captured.ts';
import { removal, writeRevisedTree, writeTree } from './revise-tree.ts';
import { scanWorkTree, type Candidate } from './scan-work-tree.ts';
import { isStillSo, readKnownFolders } from './known-folders.ts';
import { listingKey } from './listing-key.ts';
import { lookBeside, type Beside } from './look-beside.ts';
import { rememberRules, seedIndex } from './seed-index.ts';
import { borrowObjects, emptyShadow, type OpenedShadow, type Shadow } from './shadow.ts';
import { forgetUnasked, rememberUnasked, withUnasked } from './unasked.ts';
import { updateIndex } from './update-index.ts';

/** How a tree is captured. */
export interface CaptureOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called while git reads the tree and this process would be idle. */
  readonly meanwhile?: (() => void) | undefined;
  /** Told what has changed and would be read, before it is: throws where that is too much. */
  readonly admit?: ((candidates: readonly Candidate[]) => Promise<void>) | undefined;
  /** Nothing that the shadow has is relied on. */
  readonly afresh?: boolean;
}

/** A work tree as it was at one moment, as a tree in its shadow. */
export interface CapturedTree extends OpenedShadow {
  /** What the index of git would hold after `git add -A`. */
  readonly plain: string;
  /** What a task gets: `plain` with the files of inner repositories, and without what stays here. */
  readonly written: string;
  readonly inner: readonly InnerRepository[];
  readonly filtered: readonly FilteredFile[];
  readonly left: LeftHere;
  /** Paths that git does not look at, and that are on no disk here: outside the sparse checkout of a partial clone. */
  readonly missing: readonly RawPath[];
  /** Apart from what is in inner repositories. */
  readonly notCaptured: readonly NotCaptured[];
  readonly ignored: Promise<Ignored>;
  /** Pipes, sockets and devices, apart from those in inner repositories. */
  readonly special: Promise<readonly NotCaptured[]>;
  /** Folders of objects that `written` needs. */
  readonly objects: readonly string[];
}

/**
 * Captures a work tree and the repositories inside it: every file that git does not ignore, committed or not.
 * Nothing in the user's repository changes. A shadow that has lost objects (the user's `git gc --prune=now` may
 * take what it borrowed) is made anew, once.
 *
 * @throws PREFISH_SNAPSHOT_FAILED, PREFISH_NO_SPACE, the lock's `ELOCKED`
 */
export async function captureTree(opened: OpenedShadow, options: CaptureOptions = {}): Promise<CapturedTree> {
  return withLock(opened.shadow.lockPath, () => captureOrRebuild(opened, options), {
    signal: options.signal,
  });
}

async function captureOrRebuild(opened: OpenedShadow, options: CaptureOptions): Promise<CapturedTree> {
  if (options.afresh !== true) {
    try {
      return await capture(opened, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isPrefishError(error) && error.code !== 'PREFISH_GIT_FAILED') throw error;
    }
  }
  await emptyShadow(opened.shadow);
  try {
    return await capture(opened, { ...options, afresh: true });
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (isPrefishError(cause) && cause.code !== 'PREFISH_GIT_FAILED') throw cause;
    throw new PrefishError(
      'PREFISH_SNAPSHOT_FAILED',
      `${opened.tree.root} could not be captured: ${errorMessage(cause)}`,
      {
        hint: opened.tree.repository ? 'Does `git fsck` find the repository whole?' : undefined,
        cause,
      },
    );
  }
}

async function capture(opened: OpenedShadow, options: CaptureOptions): Promise<CapturedTree> {
  const { shadow, tree } = opened;
  const { signal } = options;
  const seed = await seedIndex(shadow, tree, options.afresh !== true, signal);
  const { gitlinks = [], missing = [] } = seed ?? {};
  const known = await readKnownFolders(shadow);
  const key = await listingKey(shadow, tree, seed?.id);
  const startedMs = Date.now();
  let beside: Beside | undefined;
  const updating = updateIndex(
    shadow,
    () => scanWorkTree(shadow, tree.root, seed?.rules, () => isStillSo(known, tree.root, key), signal),
    async (scan) => {
      const left = await findLeftHere(shadow, scan.rules, signal);
      const going = withoutLeftHere(scan, left);
      // A tree that is written to meanwhile is scanned again, and nobody asked again.
      if (options.afresh !== true && beside === undefined) await admit(shadow, going.candidates, options);
      const inner = [...gitlinks, ...scan.nested];
      beside ??= lookBeside(opened, { scan, left, inner, known, key, startedMs }, signal);
      return { ...going, left };
    },
    signal,
  );
  options.meanwhile?.();
  const scan = await updating;
  const { left } = scan;
  await rememberRules(shadow, seed, scan.rules);
  const [inner, filtered] = await Promise.all([
    captureInnerRepositories(
      shadow,
      tree.root,
      [...gitlinks.filter((path) => !left.tracked.includes(path)), ...scan.nested],
      captureTree,
      { ...options, meanwhile: undefined },
    ),
    readFilteredFiles(shadow, tree, scan.rules, options),
  ]);
  await borrowObjects(shadow, inner.objects);
  const plain = await writeTree(shadow, signal);
  const revised = [...inner.entries, ...filtered.map(({ content }) => content), ...left.tracked.map(removal)];
  const written = revised.length === 0 ? plain : await writeRevisedTree(shadow, revised, signal);
  const ignored = withIgnoredInside(beside!.ignored, inner.captured);
  ignored.catch(() => {});
  return {
    ...opened,
    plain,
    written,
    inner: inner.captured,
    filtered,
    left,
    missing,
    notCaptured: [...scan.notCaptured, ...inner.notCaptured],
    ignored,
    special: beside!.special,
    objects: [join(shadow.folder, 'objects'), ...inner.objects],
  };
}

async function admit(
  shadow: Shadow,
  candidates: readonly Candidate[],
  { admit: ask }: CaptureOptions,
): Promise<void> {
  if (ask === undefined) return rememberUnasked(shadow, candidates);
  await ask(await withUnasked(shadow, candidates));
  await forgetUnasked(shadow);
}
