import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, isPrefishError } from '@prefish/protocol';
import { splitNul } from '../git/git.ts';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import type { CaptureOptions, CapturedTree } from './capture-tree.ts';
import { parseTreeEntry } from './list-index.ts';
import { submodulePaths, type NotCaptured } from './not-captured.ts';
import { removal, type IndexEntry } from './revise-tree.ts';
import type { Candidate } from './scan-work-tree.ts';
import type { OpenedShadow, Shadow } from './shadow.ts';

/** How many repositories are captured at once. */
const atOnce = 2;

/** A repository inside the work tree, as it is there. */
export interface InnerRepository {
  readonly path: RawPath;
  readonly captured: CapturedTree;
}

/** The repositories inside a work tree: submodules, and others. */
export interface InnerRepositories {
  readonly captured: readonly InnerRepository[];
  readonly notCaptured: readonly NotCaptured[];
  /** What stands for them in the tree: their files, as files of the repository around them. */
  readonly entries: readonly IndexEntry[];
  /** Folders of objects that the tree now needs. */
  readonly objects: readonly string[];
}

/**
 * Captures the repositories inside the work tree, each by a shadow of its own, so that nothing which one of them
 * configures is run. Their files become files of the snapshot.
 *
 * @param paths Where the index knows one, and where one was found
 * @throws what capturing the work tree itself would throw, but for trouble of git
 */
export async function captureInnerRepositories(
  shadow: Shadow,
  root: string,
  paths: readonly RawPath[],
  capture: (opened: OpenedShadow, options: CaptureOptions) => Promise<CapturedTree>,
  options: CaptureOptions,
): Promise<InnerRepositories> {
  const captured: InnerRepository[] = [];
  const notCaptured: NotCaptured[] = [];
  const entries: IndexEntry[] = [];
  if (paths.length === 0) return { captured, notCaptured, entries, objects: [] };
  const submodules = submodulePaths(await readFile(join(root, '.gitmodules'), 'utf8').catch(() => ''));
  const waiting = [...paths];
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) await take(path);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const order = (one: { readonly path: string }, other: { readonly path: string }): number =>
    one.path < other.path ? -1 : 1;
  captured.sort(order);
  notCaptured.sort(order);
  return {
    captured,
    notCaptured,
    entries,
    objects: captured.flatMap(({ captured: { objects } }) => objects),
  };

  async function take(path: RawPath): Promise<void> {
    const state = await lookAt(root, path);
    if (state === 'empty') return;
    let isOpening = false;
    try {
      if (state === 'files') throw new Error('it is no repository, but has files');
      isOpening = true;
      const opened = await shadow.openInner(path, options.signal);
      isOpening = false;
      const below = ({ size, path: inside }: Candidate): Candidate => ({ size, path: `${path}/${inside}` });
      const { admit } = options;
      const tree = await capture(opened, {
        ...options,
        ...(admit && { admit: (candidates) => admit(candidates.map(below)) }),
      });
      entries.push(removal(path), ...(await filesOf(opened.shadow, tree.written, path, options.signal)));
      captured.push({ path, captured: tree });
    } catch (error) {
      options.signal?.throwIfAborted();
      const isPassed = isOpening ? passedOpening : passed;
      if (isPrefishError(error) && !isPassed.has(error.code)) throw error;
      const shown = displayPath(path);
      const why = submodules.has(shown) ? 'submodule' : 'nested-repository';
      notCaptured.push({ path: shown, why, because: errorMessage(error) });
    }
  }
}

/** Trouble with one inner repository is no trouble of the others. */
const passed: ReadonlySet<string> = new Set(['PREFISH_GIT_FAILED', 'PREFISH_SNAPSHOT_FAILED']);
const passedOpening: ReadonlySet<string> = new Set([...passed, 'PREFISH_SNAPSHOT_REFUSED']);

/** `empty`: a submodule that is not checked out; `files`: a folder with files where a submodule belongs. */
async function lookAt(root: string, path: RawPath): Promise<'repository' | 'files' | 'empty'> {
  const place = onDisk(root, path);
  const names = await readdir(place).catch(() => ['?']);
  if (names.includes('.git')) return 'repository';
  return names.length === 0 ? 'empty' : 'files';
}

async function filesOf(
  shadow: Shadow,
  tree: string,
  path: RawPath,
  signal?: AbortSignal,
): Promise<IndexEntry[]> {
  const { stdout } = await shadow.git(['ls-tree', '-r', '-z', tree], { signal });
  return splitNul(stdout)
    .map(parseTreeEntry)
    .map((entry) => ({ ...entry, path: `${path}/${entry.path}` }));
}
