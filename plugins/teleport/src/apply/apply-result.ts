import type { Outcome, RunContext } from '@prefish/core';
import { withLock } from '@prefish/durable';
import { PrefishError, isPrefishError, type Task } from '@prefish/protocol';
import type { RawChange } from '../git/raw-diff.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { workTreeKey } from '../snapshot/shadow.ts';
import { retakeSnapshot, takeSnapshot } from '../snapshot/take-snapshot.ts';
import { makeBranch } from './make-branch.ts';
import { findRenames } from './find-renames.ts';
import { findTaskTree, type TaskTree } from './find-task-tree.ts';
import { createJournalFolder, removeJournal, treeLock } from './journal.ts';
import { mergeResult, refuseDangerousPaths, type Merged } from './merge-result.ts';
import { TreeChangedError } from './move-tree.ts';
import { notCheckedOut } from './not-checked-out.ts';
import { settleAndTell } from './recover.ts';
import { createConsent, preview, type Consent } from './preview.ts';
import { riskyChanges, type RiskyChange } from './risky-changes.ts';
import { OccupiedError, stageChanges, type Staged } from './stage-changes.ts';
import { carryOut } from './transaction.ts';

/** How often a tree that someone else is writing to is looked at again. */
const attempts = 3;

/** The options of `apply`. */
export interface ApplyOptions {
  readonly branch?: string | undefined;
  readonly markers?: boolean | undefined;
  /** Says what would change, and changes nothing. */
  readonly 'dry-run'?: boolean | undefined;
}

/**
 * Brings a task's result into the work tree as it is now, by a three-way merge against what was sent.
 * All touched files change or none; `undo` takes it back. HEAD and the index stay as they are. At a terminal, a
 * conflict is a question.
 *
 * @throws PREFISH_APPLY_CONFLICT naming the paths, nothing changed; PREFISH_APPLY_FAILED,
 * PREFISH_NO_SPACE, every file as it was; what {@link findTaskTree} throws
 */
export async function applyResult(
  services: Services,
  task: Task,
  options: ApplyOptions,
  context: RunContext,
): Promise<Outcome> {
  try {
    return await applyAsAsked(services, task, options, context);
  } catch (error) {
    const isOpen = options.branch === undefined && options.markers !== true && context.terminal !== undefined;
    if (!isOpen || !isPrefishError(error) || error.code !== 'PREFISH_APPLY_CONFLICT') throw error;
    return applyAsAsked(services, task, await askWayOut(error, task, context), context);
  }
}

/** The ways around a conflict, for the person who ran into it. @throws the conflict, where they take none */
async function askWayOut(error: Error, task: Task, { ask }: RunContext): Promise<ApplyOptions> {
  const [leave, branch, markers] = [
    'Leave all as it is',
    'Make a branch of the result',
    'Write conflict markers',
  ];
  let chosen = leave;
  try {
    const ways = error.cause instanceof OccupiedError ? [leave, branch] : [leave, branch, markers];
    chosen = await ask.select(error.message, ways);
  } catch {
    // Nobody answers: all stays as it is.
  }
  if (chosen === branch) {
    return { branch: await ask.text('Name of the branch:', { default: `task-${task.number}` }) };
  }
  if (chosen === markers) return { markers: true };
  throw error;
}

async function applyAsAsked(
  services: Services,
  task: Task,
  options: ApplyOptions,
  context: RunContext,
): Promise<Outcome> {
  const found = await findTaskTree(services, task, context);
  if (options.branch !== undefined) return makeBranch(found, task, options.branch, context.signal);
  const { undoFolder } = services;
  const key = workTreeKey(found.tree);
  const consent = createConsent(context);
  return withLock(
    treeLock(undoFolder, key),
    async () => {
      await settleAndTell(undoFolder, key, (code, message) => context.out.warn(code, message));
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await applyOnce(undoFolder, key, found, task, { ...options, consent }, context);
        } catch (error) {
          if (!(error instanceof TreeChangedError)) throw error;
          if (attempt === attempts) throw conflict(task, found, [error.path], 'is being written to', error);
        }
      }
    },
    { signal: context.signal },
  );
}

async function applyOnce(
  undoFolder: string,
  key: string,
  found: TaskTree,
  task: Task,
  options: ApplyOptions & { readonly consent: Consent },
  { signal, out }: RunContext,
): Promise<Outcome> {
  const { tree, shadow } = found;
  const merged = await mergeNow(found, `task-${task.number}`, signal);
  if (merged.conflicts.length > 0 && options.markers !== true) throw conflict(task, found, merged.conflicts);
  refuseDangerousPaths(merged.changes);
  const hidden = await notCheckedOut(shadow, tree.root, merged.changes, signal);
  const changes: RawChange[] = [];
  for (const change of merged.changes) {
    const why = isSubmodule(change)
      ? 'is a submodule: its change is not applied'
      : change.status === 'D' && hidden.has(change.path)
        ? 'is not checked out here: that it is gone in the result is not applied'
        : undefined;
    if (why === undefined) changes.push(change);
    else out.warn('PREFISH_APPLY_FAILED', printable(`${displayPath(change.path)} ${why}`));
  }
  if (changes.length === 0) {
    return { type: 'ok', message: 'Everything is here already', data: { applied: true, files: [] } };
  }
  const risky = await riskyChanges(shadow, changes, signal);
  if (options['dry-run'] === true) {
    return preview(changes, risky, await findRenames(shadow, merged.local, merged.tree, signal));
  }
  if (!(await options.consent(risky))) return { type: 'denied', reason: 'Nothing was changed' };
  const { id, folder } = await createJournalFolder(undoFolder, key);
  const staged = await stage();
  const createdAt = new Date().toISOString();
  await carryOut(
    undoFolder,
    {
      version: 1,
      id,
      key,
      root: tree.root,
      task: task.id,
      number: task.number,
      createdAt,
      state: 'prepared',
      changes: staged.changes,
      ...(hidden.size > 0 && { hidden: [...hidden] }),
    },
    staged.seen,
  );
  return outcome(task, found, id, changes, merged.conflicts, risky);

  async function stage(): Promise<Staged> {
    try {
      const copied = await stageChanges(shadow, tree.root, merged.tree, changes, hidden, folder, signal);
      signal.throwIfAborted();
      return copied;
    } catch (error) {
      await removeJournal(undoFolder, id);
      throw error instanceof OccupiedError ? inTheWay(task, found, error) : error;
    }
  }
}

/** A shadow may have lost objects since it was made: it is then captured again from nothing, once. */
async function mergeNow(
  { shadow, tree, sent, result }: TaskTree,
  name: string,
  signal: AbortSignal,
): Promise<Merged> {
  const local = await takeSnapshot(shadow, tree, signal);
  try {
    return await mergeResult(shadow, local.commit, sent, result, name, signal);
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_GIT_FAILED') throw error;
  }
  const again = await retakeSnapshot(shadow, tree, signal);
  return mergeResult(shadow, again.commit, sent, result, name, signal);
}

function outcome(
  task: Task,
  { reference }: TaskTree,
  undo: string,
  changes: readonly RawChange[],
  conflicts: readonly RawPath[],
  risky: readonly RiskyChange[],
): Outcome {
  const files = changes.map(({ path }) => displayPath(path));
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const marked = conflicts.length > 0 ? `, conflicts marked in ${conflicts.map(displayPath).join(', ')}` : '';
  return {
    type: 'ok',
    message: `${count} changed${marked}${endWords(task)} · prefish tasks undo ${reference} takes it back`,
    data: {
      applied: true,
      files,
      undo,
      ...(conflicts.length > 0 ? { conflicts: conflicts.map(displayPath) } : {}),
      ...(risky.length > 0 ? { risky } : {}),
    },
  };
}

/** Of a task that did not complete, so that nobody takes its work for finished. */
function endWords({ state }: Task): string {
  if (state === 'completed') return '';
  return state === 'canceled' ? ' · the task was canceled' : ' · the task had failed';
}

function conflict(
  { number }: Task,
  { reference }: TaskTree,
  paths: readonly RawPath[],
  why = 'was changed both here and in the task',
  cause?: Error,
): PrefishError {
  const shown = paths.slice(0, 10).map(displayPath).join(', ');
  const more = paths.length > 10 ? ` and ${paths.length - 10} more` : '';
  return new PrefishError(
    'PREFISH_APPLY_CONFLICT',
    `${shown}${more} ${why}; nothing of task ${number} was applied`,
    {
      hint: `prefish tasks apply ${reference} --branch NAME makes a branch of the result; --markers writes conflict markers`,
      cause,
    },
  );
}

/** Markers are no way out: what is there is not to be written to. */
function inTheWay({ number }: Task, { reference }: TaskTree, cause: OccupiedError): PrefishError {
  const message = `${displayPath(cause.path)} is in the way: it did not go along with the line; nothing of task ${number} was applied`;
  return new PrefishError('PREFISH_APPLY_CONFLICT', message, {
    hint: `Move it away, or prefish tasks apply ${reference} --branch NAME, which makes a branch of the result`,
    cause,
  });
}

function isSubmodule(change: RawChange): boolean {
  return change.oldMode === '160000' || change.newMode === '160000';
}
