import { appliedJournals, type AppliedJournal } from './journal.ts';

/** Which tasks' results were applied and not taken back since. */
export interface UndoPoints {
  /** Reads anew what is on disk. */
  refresh(): Promise<void>;
  /** Whether an apply of this task can be taken back, as of the last {@link refresh}. */
  has(task: string): boolean;
}

/** The undo points in a folder. */
export function openUndoPoints(undoFolder: string): UndoPoints {
  const known = new Map<string, AppliedJournal>();
  let tasks = new Set<string>();
  const read = async (): Promise<AppliedJournal[]> => {
    const journals = await appliedJournals(undoFolder, known);
    known.clear();
    for (const journal of journals) known.set(journal.id, journal);
    return journals;
  };
  return {
    async refresh() {
      tasks = new Set((await read()).map(({ task }) => task));
    },
    has: (task) => tasks.has(task),
  };
}
