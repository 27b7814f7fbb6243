import {
  errorMessage,
  isPrefishError,
  PrefishError,
  type Args,
  type Outcome,
  type RunContext,
  type Task,
  type TaskListing,
  type TaskQuery,
  type TaskState,
} from '@prefish/core';
import { taskStates } from '@prefish/protocol';
import { warnOfSource } from '../format/source-warning.ts';
import { howToStart } from '../format/how-to-start.ts';
import { formattingFor, taskTable } from '../format/table.ts';
import { wholeNumber } from './numbers.ts';
import { reply } from './reply.ts';

const usualLimit = 20;
/** How many tasks are asked for at a time with `--all`. */
const pageSize = 200;

/** Where each source goes on, by its id; `null` for its beginning. */
type Cursors = ReadonlyMap<string, string | null>;

/** A page of a source, and where it goes on. */
type Listing = Omit<TaskListing, 'next'> & { readonly next?: string | null };

/**
 * `tasks ls`: `{ tasks, next?, warnings? }`, newest first. A source that fails is a warning; an error where nothing can be
 * listed without it. Where a server is away, and nothing is known but what was never sent to it, it ends with 3.
 */
export async function runList({ values }: Args, context: RunContext): Promise<Outcome> {
  const states = readStates(values['state']);
  const all = values['all'] === true;
  const limit = wholeNumber('limit', values['limit'], 1) ?? (all ? pageSize : usualLimit);
  const query: TaskQuery = { limit, ...(states.length === 0 ? {} : { state: states }) };
  const from = values['cursor'] === undefined ? undefined : decodeCursors(String(values['cursor']));
  let listings = await firstPages(from, query, context);
  const failed = listings.filter(({ error }) => error !== undefined);
  if (!all) listings = await newestOf(listings, from, query, context);
  const tasks = listings.flatMap((listing) => listing.tasks);
  let cursors = cursorsOf(listings);
  if (all) {
    while (cursors.size > 0) {
      listings = await nextPages(cursors, query, context);
      for (const task of listings.flatMap((listing) => listing.tasks)) tasks.push(task);
      cursors = cursorsOf(listings);
    }
  }
  tasks.sort(newestFirst);
  const next = cursors.size === 0 ? undefined : encodeCursors(cursors);
  const data = {
    tasks,
    ...(next === undefined ? {} : { next }),
    ...(failed.length === 0 ? {} : { warnings: failed.map(warningOf) }),
  };
  const answer = reply(values, data, () => describe(tasks, next, failed.length === 0, context));
  const away = failed.find(({ error }) => isPrefishError(error) && isServerAway(error));
  return away !== undefined && tasks.every(isUnsent) ? { ...answer, exit: { code: 3 } } : answer;
}

/** Whether a server of prefish could not be asked. What a plugin's own source means by its failure only it knows. */
function isServerAway({ code, exitCode }: PrefishError): boolean {
  return exitCode === 3 && code.startsWith('PREFISH_') && code !== 'PREFISH_TASK_SOURCE_FAILED';
}

/** Why a source could not be asked, or not about all of its tasks, for programs. */
function warningOf({ source, error }: Listing): { source: string; code: string; message: string } {
  const code = isPrefishError(error) ? error.code : 'PREFISH_TASK_SOURCE_FAILED';
  return { source: source.id, code, message: errorMessage(error) };
}

/** Whether a task waits here to be sent: no server has given it a number. */
function isUnsent({ number, source, state }: Task): boolean {
  return number === 0 && source !== 'shells' && (state === 'submitted' || state === 'rejected');
}

function describe(
  tasks: readonly Task[],
  next: string | undefined,
  complete: boolean,
  context: RunContext,
): string {
  if (tasks.length === 0)
    return complete ? howToStart(context.shell) : 'No background tasks that can be seen';
  const table = taskTable(tasks, formattingFor(context));
  // The cursor is for programs: --json has it.
  return next === undefined ? table : `${table}\nThere are more: --all, or --limit N`;
}

async function firstPages(
  from: Cursors | undefined,
  query: TaskQuery,
  context: RunContext,
): Promise<readonly Listing[]> {
  if (from !== undefined) return nextPages(from, query, context);
  const listings = await context.shell.tasks.list(query, context.signal);
  const failed = listings.filter(({ error }) => error !== undefined);
  if (listings.every(({ tasks }) => tasks.length === 0)) {
    const decisive =
      failed.find(({ source }) => source.essential) ??
      (failed.length === listings.length ? failed[0] : undefined);
    if (decisive !== undefined) throw decisive.error;
  }
  for (const listing of failed) warnOfSource(listing, context);
  return listings;
}

/**
 * The newest of all that was listed, as many as were asked for. A source of which some are left over is asked for
 * just those that are shown: only it can tell where it goes on behind them.
 */
async function newestOf(
  listings: readonly Listing[],
  from: Cursors | undefined,
  query: TaskQuery,
  context: RunContext,
): Promise<readonly Listing[]> {
  const all = listings.flatMap(({ source, tasks }) =>
    tasks.map((task) => ({ source: source.id, createdAt: task.createdAt })),
  );
  const shown = all.sort(newestFirst).slice(0, query.limit);
  const parts = await Promise.all(
    listings.map((listing): Promise<readonly Listing[]> | readonly Listing[] => {
      const { id } = listing.source;
      const count = shown.filter(({ source }) => source === id).length;
      if (count === listing.tasks.length) return [listing];
      const start = from?.get(id) ?? null;
      if (count === 0) return [{ ...listing, tasks: [], next: start }];
      return nextPages(new Map([[id, start]]), { ...query, limit: count }, context);
    }),
  );
  return parts.flat();
}

function newestFirst(one: Pick<Task, 'createdAt'>, other: Pick<Task, 'createdAt'>): number {
  return other.createdAt.localeCompare(one.createdAt);
}

async function nextPages(
  cursors: Cursors,
  query: TaskQuery,
  context: RunContext,
): Promise<readonly Listing[]> {
  const { shell, signal } = context;
  const sources = shell.tasks.sources.filter(({ id }) => cursors.has(id));
  return Promise.all(
    sources.map(async (source) => {
      const cursor = cursors.get(source.id) ?? null;
      const page = await source.list({ ...query, ...(cursor === null ? {} : { cursor }) }, signal);
      const listing: TaskListing = { source, plugin: '', ...page };
      if (listing.error !== undefined) warnOfSource(listing, context);
      return listing;
    }),
  );
}

function cursorsOf(listings: readonly Listing[]): Cursors {
  return new Map(
    listings.flatMap(({ source, next }): [string, string | null][] =>
      next === undefined ? [] : [[source.id, next]],
    ),
  );
}

function encodeCursors(cursors: Cursors): string {
  return Buffer.from(JSON.stringify([...cursors])).toString('base64url');
}

function decodeCursors(text: string): Cursors {
  try {
    return new Map(JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string | null][]);
  } catch (cause) {
    throw new PrefishError('PREFISH_USAGE', `--cursor takes the "next" of a listing, not "${text}"`, {
      cause,
    });
  }
}

function readStates(value: unknown): readonly TaskState[] {
  const given = ((value ?? []) as readonly string[]).flatMap((states) => states.split(','));
  for (const state of given) {
    if ((taskStates as readonly string[]).includes(state)) continue;
    throw new PrefishError('PREFISH_USAGE', `There is no state "${state}"`, {
      hint: `The states are ${taskStates.join(', ')}.`,
    });
  }
  return given as TaskState[];
}
