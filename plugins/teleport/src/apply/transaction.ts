import { PrefishError, errorMessage, isPrefishError } from '@prefish/protocol';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import { holds, isBehindLink, look, untouched, type Found, type Image } from './image.ts';
import { inParallel } from './in-parallel.ts';
import {
  clearPending,
  journalFolder,
  markPending,
  pendingJournal,
  readJournal,
  removeJournal,
  writeJournal,
  type Change,
  type Journal,
} from './journal.ts';
import { TreeChangedError, moveTree, removeTemporaries, type Place, type Step } from './move-tree.ts';

/** What was found at each path when its `before` was copied. */
export type Seen = ReadonlyMap<RawPath, Found>;

/**
 * Makes the changes of a journal, all or none. The copies that its images name lie in its folder
 * already. Call it while holding the tree's lock.
 *
 * @throws TreeChangedError when someone changed a path meanwhile, PREFISH_NO_SPACE,
 * PREFISH_APPLY_FAILED; every path is then as it was and the journal is gone. Where a path could not be
 * put back, the error says so, and the journal stays for {@link settlePending}.
 */
export async function carryOut(undoFolder: string, journal: Journal, seen: Seen): Promise<void> {
  try {
    await writeJournal(undoFolder, journal);
    await markPending(undoFolder, journal.key, journal.id);
    await moveTree(
      placeOf(undoFolder, journal),
      journal.changes.map((change, number) => forward(journal, change, number, seen)),
    );
    await verify(journal);
  } catch (error) {
    await reverse(undoFolder, journal).catch((cause: unknown) => {
      throw failure(cause, 'some files could not be put back', keptHint);
    });
    throw error instanceof TreeChangedError ? error : failure(error, 'every file is as it was');
  }
  await finish(undoFolder, journal);
}

const keptHint =
  'What they held is kept: the next apply, undo or & in this folder puts them back, once it can.';

/** What {@link settlePending} found to do. */
export interface Settled {
  readonly outcome: 'completed' | 'reversed';
  /** The top of the work tree. */
  readonly root: string;
  /** Paths that are neither as before nor as after: someone edited them, and they were left alone. */
  readonly edited: readonly RawPath[];
}

/** Completes or reverses a change of the tree that was cut short. Call it while holding the tree's lock. */
export async function settlePending(undoFolder: string, key: string): Promise<Settled | undefined> {
  const id = await pendingJournal(undoFolder, key);
  if (id === undefined) return undefined;
  const journal = await readJournal(undoFolder, id);
  if (journal === undefined) {
    await clearPending(undoFolder, key);
    return undefined;
  }
  const done = await inParallel(journal.changes, ({ path, after }) => holds(journal.root, path, after));
  if (journal.state === 'applied' || !done.includes(false)) {
    await removeTemporaries(
      placeOf(undoFolder, journal),
      journal.changes.map(({ path }) => path),
    );
    await finish(undoFolder, journal);
    return { outcome: 'completed', root: journal.root, edited: [] };
  }
  return { outcome: 'reversed', root: journal.root, edited: await reverse(undoFolder, journal) };
}

/** Puts back what a journal has changed so far. Returns the paths that someone has edited since. */
async function reverse(undoFolder: string, journal: Journal): Promise<RawPath[]> {
  const place = placeOf(undoFolder, journal);
  await removeTemporaries(
    place,
    journal.changes.map(({ path }) => path),
  );
  for (let attempt = 1; ; attempt += 1) {
    const { edited, steps } = await planReverse(journal);
    try {
      await moveTree(place, steps);
      await clearPending(undoFolder, journal.key);
      await removeJournal(undoFolder, journal.id);
      return edited;
    } catch (error) {
      // Someone still writes: what they have written by now is theirs, the rest goes back.
      if (!(error instanceof TreeChangedError) || attempt === 3) throw error;
    }
  }
}

async function planReverse(journal: Journal): Promise<{ edited: RawPath[]; steps: Step[] }> {
  const edited: RawPath[] = [];
  const steps: Step[] = [];
  for (const [number, { path, before, after }] of journal.changes.entries()) {
    if (await holds(journal.root, path, before)) continue;
    const isGone = await isBehindLink(journal.root, path);
    if (isGone || !(await holds(journal.root, path, after))) edited.push(path);
    else
      steps.push({
        path,
        number,
        from: after,
        to: before,
        unchanged: () => holds(journal.root, path, after),
      });
  }
  return { edited, steps };
}

async function finish(undoFolder: string, journal: Journal): Promise<void> {
  if (journal.undoes === undefined) await writeJournal(undoFolder, { ...journal, state: 'applied' });
  else await removeJournal(undoFolder, journal.undoes);
  await clearPending(undoFolder, journal.key);
  if (journal.undoes !== undefined) await removeJournal(undoFolder, journal.id);
}

async function verify(journal: Journal): Promise<void> {
  await inParallel(journal.changes, async ({ path, after }) => {
    if (!(await holds(journal.root, path, after))) throw new TreeChangedError(path);
  });
}

function forward(journal: Journal, { path, before, after }: Change, number: number, seen: Seen): Step {
  const expected = seen.get(path);
  return {
    path,
    number,
    from: before,
    to: after,
    unchanged: () => isUnchanged(journal.root, path, before, expected),
  };
}

async function isUnchanged(
  root: string,
  path: RawPath,
  before: Image,
  expected: Found | undefined,
): Promise<boolean> {
  if (expected?.kind !== 'file') return holds(root, path, before);
  const found = await look(onDisk(root, path));
  return found.kind === 'file' && untouched(found.stat, expected.stat);
}

function placeOf(undoFolder: string, journal: Journal): Place {
  return { root: journal.root, copies: journalFolder(undoFolder, journal.id), id: journal.id };
}

function failure(error: unknown, state: string, hint?: string): unknown {
  if (isPrefishError(error)) return error;
  const { code, path } = error as NodeJS.ErrnoException & { path?: string };
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new PrefishError(
    full ? 'PREFISH_NO_SPACE' : 'PREFISH_APPLY_FAILED',
    `${path === undefined ? '' : `${displayPath(String(path))}: `}${errorMessage(error)}; ${state}`,
    { cause: error, hint },
  );
}
