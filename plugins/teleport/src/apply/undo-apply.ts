import { copyFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome, RunContext } from '@prefish/core';
import { withLock } from '@prefish/durable';
import { PrefishError, errorMessage, type Task } from '@prefish/protocol';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import type { Services } from '../services.ts';
import { referenceTo } from '../source/reference.ts';
import { findWorkTree } from '../snapshot/work-tree.ts';
import { belongsElsewhere, isInside } from './find-task-tree.ts';
import { hideAgain } from './hide-again.ts';
import { copySynced, hashFile, holds, look, type Image } from './image.ts';
import { inParallel } from './in-parallel.ts';
import {
  appliedJournals,
  createJournalFolder,
  journalFolder,
  readJournal,
  removeJournal,
  treeLock,
  type AppliedJournal,
  type Change,
  type Journal,
} from './journal.ts';
import { TreeChangedError } from './move-tree.ts';
import { settleAndTell } from './recover.ts';
import { carryOut } from './transaction.ts';

/** A task as an undo names it. */
type AppliedTask = Pick<Task, 'id' | 'number'>;

/**
 * Takes back what the last `apply` of a task wrote. Later edits elsewhere in the same files stay.
 *
 * @throws PREFISH_NOTHING_TO_UNDO; PREFISH_USAGE in a folder that is not the task's; PREFISH_UNDO_CONFLICT naming
 * the paths, or the folder where that is gone, nothing changed
 */
export async function undoApply(
  services: Services,
  task: AppliedTask,
  context: RunContext,
): Promise<Outcome> {
  const applied = await appliedJournals(services.undoFolder);
  const here = await realpath(context.cwd);
  const own = applied.filter((candidate) => candidate.task === task.id);
  const found = own.find(({ root }) => isInside(root, here)) ?? own[0];
  const journal = found && (await readJournal(services.undoFolder, found.id));
  if (journal === undefined) throw nothingToUndo(`Nothing of task ${task.number} was applied`, applied[0]);
  await checkStillThere(journal.root);
  if (!isInside(journal.root, here))
    throw belongsElsewhere({ ...task, root: journal.root }, referenceTo(services, task), true);
  return takeBack(services, journal, nameOf(journal), context);
}

/**
 * Takes back the last `apply` in the repository that the user is in; outside of one, in the folder.
 *
 * @throws as {@link undoApply}
 */
export async function undoLastApply(services: Services, context: RunContext): Promise<Outcome> {
  const { undoFolder } = services;
  const { env, signal } = context;
  const here = await realpath(context.cwd);
  const tree = await findWorkTree(await services.git(env), here, env['HOME'], signal);
  const applied = await appliedJournals(undoFolder);
  const found = applied.find(({ root }) =>
    tree.repository === undefined ? isInside(root, here) : root === tree.root,
  );
  const journal = found && (await readJournal(undoFolder, found.id));
  if (journal === undefined) {
    throw nothingToUndo(`Nothing was applied in ${tree.root} that could be taken back`, applied[0]);
  }
  return takeBack(services, journal, nameOf(journal), context);
}

async function takeBack(
  services: Services,
  journal: Journal,
  name: string,
  context: RunContext,
): Promise<Outcome> {
  const { undoFolder } = services;
  const { signal, out } = context;
  return withLock(
    treeLock(undoFolder, journal.key),
    async () => {
      await settleAndTell(undoFolder, journal.key, (code, message) => out.warn(code, message));
      if ((await readJournal(undoFolder, journal.id)) === undefined) {
        throw nothingToUndo(`The apply of ${name} in ${journal.root} was taken back already`);
      }
      const { id, folder } = await createJournalFolder(undoFolder, journal.key);
      const changes = await planUndo(services, journal, folder, context).catch(async (error: unknown) => {
        await removeJournal(undoFolder, id);
        throw error;
      });
      const createdAt = new Date().toISOString();
      await carryOut(
        undoFolder,
        { ...journal, id, createdAt, state: 'prepared', undoes: journal.id, changes },
        new Map(),
      ).catch((error: unknown) => {
        throw error instanceof TreeChangedError
          ? conflict([error.path], referenceOf(services, journal))
          : error;
      });
      await hideWhatWas(services, journal, context);
      const files = changes.map(({ path }) => displayPath(path));
      const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
      return {
        type: 'ok',
        message: `${count} put back as before ${name} was applied in ${displayPath(journal.root)}`,
        data: { undone: true, files, task: journal.task, root: journal.root },
      };
    },
    { signal },
  );
}

/** Every file is as before by now: where git cannot be told so, the user is. */
async function hideWhatWas(
  services: Services,
  { root, hidden = [] }: Journal,
  { env, out, signal }: RunContext,
): Promise<void> {
  if (hidden.length === 0) return;
  try {
    await hideAgain(await services.git(env), root, hidden, signal);
  } catch (error) {
    const message = `git may take what is not checked out for deleted: ${errorMessage(error)}`;
    out.warn('PREFISH_GIT_FAILED', message, 'git sparse-checkout reapply says to git what is.');
  }
}

async function checkStillThere(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new PrefishError('PREFISH_UNDO_CONFLICT', `${root}, where it was applied, is not there`, {
    hint: 'Move the folder back, or link to it from there; what undo needs is kept.',
  });
}

function nothingToUndo(message: string, last?: AppliedJournal): PrefishError {
  return new PrefishError('PREFISH_NOTHING_TO_UNDO', message, {
    hint: last === undefined ? undefined : `The last apply was of ${nameOf(last)}, in ${last.root}`,
  });
}

/** Journals of older versions know no number. */
function nameOf({ task, number }: { readonly task: string; readonly number?: number | undefined }): string {
  return `task ${number ?? task}`;
}

/** What each path shall hold: what it held before the apply, with edits made since merged in. */
async function planUndo(
  services: Services,
  journal: Journal,
  folder: string,
  context: RunContext,
): Promise<Change[]> {
  const conflicts: RawPath[] = [];
  const copies = journalFolder(services.undoFolder, journal.id);
  const planned = await inParallel(journal.changes, async (change, number) => {
    const { path, before, after } = change;
    if (await holds(journal.root, path, before)) return undefined;
    if (await holds(journal.root, path, after)) {
      return {
        path,
        before: await bring(after, copies, folder, `${number}.applied`),
        after: await bring(before, copies, folder, `${number}.restored`),
      };
    }
    const merged = await mergeEdits(services, journal, change, number, folder, context);
    if (merged === undefined) conflicts.push(path);
    return merged;
  });
  if (conflicts.length > 0) throw conflict(conflicts, referenceOf(services, journal));
  return planned.filter((change) => change !== undefined);
}

/** An image whose copy lies in the folder of another journal. */
async function bring(image: Image, from: string, to: string, copy: string): Promise<Image> {
  if (image.kind !== 'file') return image;
  await copySynced(join(from, image.copy), join(to, copy), 0o600);
  return { ...image, copy };
}

/** Three-way, as `git merge-file` does it: the file now, the file that was applied, the file before. */
async function mergeEdits(
  services: Services,
  journal: Journal,
  { path, before, after }: Change,
  number: number,
  folder: string,
  { env, signal }: RunContext,
): Promise<Change | undefined> {
  const place = onDisk(journal.root, path);
  const found = await look(place);
  if (found.kind !== 'file' || before.kind !== 'file' || after.kind !== 'file') return undefined;
  const copies = journalFolder(services.undoFolder, journal.id);
  const current = join(folder, `${number}.current`);
  const merged = join(folder, `${number}.merged`);
  await copyFile(place, current);
  const git = await services.git(env);
  const result = await git(
    ['merge-file', '-p', current, join(copies, after.copy), join(copies, before.copy)],
    {
      codes: Array.from({ length: 256 }, (_, code) => code),
      signal,
    },
  );
  if (result.code !== 0) return undefined;
  await writeFile(merged, result.stdout, { flush: true, mode: 0o600 });
  const mode = Number(found.stat.mode & 0o7777n);
  const now = await hashFile(current, found.stat.size);
  const then = await hashFile(merged, BigInt(result.stdout.length));
  return {
    path,
    before: { kind: 'file', mode, sha256: now.sha256, copy: `${number}.current` },
    after: { kind: 'file', mode, sha256: then.sha256, copy: `${number}.merged` },
  };
}

function referenceOf(services: Services, { task, number = 0 }: Journal): string {
  return referenceTo(services, { id: task, number });
}

function conflict(paths: readonly RawPath[], reference: string): PrefishError {
  return new PrefishError(
    'PREFISH_UNDO_CONFLICT',
    `${paths.map(displayPath).join(', ')} was edited since, where the undo would write; nothing was changed`,
    {
      hint: `prefish tasks diff ${reference} shows what was applied; undo goes through once those lines read like that again.`,
    },
  );
}
