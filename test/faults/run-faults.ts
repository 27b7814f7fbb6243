import { setTimeout as pause } from 'node:timers/promises';
import { processesWith } from '../support/processes.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import { brokenPromises, type TaskRecord } from './check.ts';
import { FaultRun } from './fault-run.ts';
import { breakSomething } from './faults.ts';
import { makePlan } from './plan.ts';
import { startMachine } from './machine.ts';
import { createRandom } from './random.ts';
import type { System } from './system.ts';
import { startTeam } from './team.ts';
import { startWitness } from './witness.ts';

/** How long, and from where, things go wrong. */
export interface FaultOptions {
  readonly seed: number;
  /** For how long tasks are submitted and things break, in milliseconds. */
  readonly duration: number;
  /** Two workers and a Postgres, not the server of one machine. */
  readonly team?: boolean;
  /** How many tasks are submitted at most. */
  readonly tasks?: number;
  /** The mean pause between two faults, in milliseconds. */
  readonly every: number;
  readonly log: (text: string) => void;
  /** Ends the run early; what was submitted is still checked. */
  readonly signal?: AbortSignal;
}

/** What came of a run. */
export interface FaultReport {
  readonly tasks: number;
  readonly faults: number;
  /** For how long tasks were submitted, in seconds. */
  readonly seconds: number;
  /** Attempts that were seen at work, those of retries among them. */
  readonly attempts: number;
  /** How many tasks ran in a sandbox. */
  readonly sandboxed: number;
  /** How many tasks ended in each state, and why. */
  readonly states: Readonly<{ [state: string]: number }>;
  /** What was promised and not kept. */
  readonly broken: readonly string[];
}

/** How many tasks wait or run at once: the server is never out of work, and what it has to settle stays bounded. */
const mostOpen = 32;
/** How long the server may take, once nothing breaks any more, to end what is left; in milliseconds. */
const settling = 60_000;
/** How often it is said how far a run has come, in tasks. */
const milestone = 250;

/**
 * Runs many small tasks on a server of their own, while it, its workers and they are killed, stopped and starved at random, and
 * says which promises were broken: by what the tasks themselves told a witness, against what the store says.
 */
export async function runFaults(home: SandboxHome, options: FaultOptions): Promise<FaultReport> {
  await using witness = await startWitness();
  await using system = await (options.team === true ? startTeam(home) : startMachine(home));
  const run = await FaultRun.open(system, home, witness);
  const began = performance.now();
  const { tasks = Infinity, signal } = options;
  let end = began + options.duration;
  const goesOn = (): boolean => performance.now() < end && signal?.aborted !== true;

  /** A run that does not come to its end has said what it saw. */
  async function lookAtEnded(submitted: number): Promise<void> {
    const broken = brokenPromisesOf(await run.endedRecords());
    const rate = (submitted / ((performance.now() - began) / 1000)).toFixed(1);
    options.log(
      `${submitted} tasks were taken, ${rate} a second; ${broken.length} promises were broken since`,
    );
    for (const promise of broken) options.log(`broken: ${promise}`);
  }
  let looking = Promise.resolve();

  async function submitAll(): Promise<void> {
    const random = createRandom(options.seed);
    let earlier: string | undefined;
    for (let submitted = 1; submitted <= tasks && goesOn(); submitted += 1) {
      earlier = await run.submit(makePlan(random, witness.port, earlier));
      if (submitted % milestone === 0) looking = looking.then(() => lookAtEnded(submitted));
      while (run.open >= mostOpen && goesOn()) await pause(20);
    }
    end = performance.now();
  }
  async function breakThings(): Promise<number> {
    // Its own numbers: how fast tasks come through does not change them.
    const random = createRandom(options.seed ^ 0x5eed);
    let faults = 0;
    for (; goesOn(); faults += 1) {
      await pause(random.integer(2 * options.every));
      options.log(await breakSomething(system, random));
    }
    return faults;
  }

  const [faults] = await Promise.all([breakThings(), submitAll()]);
  await looking;
  options.log('nothing breaks any more');
  for (const part of system.parts) await part.start();
  const seconds = (performance.now() - began) / 1000;
  const records = await run.records(settling);
  const left = await leftOf(system, records);
  const states: { [state: string]: number } = {};
  for (const { task } of records) {
    const state = [task?.state ?? 'lost', task?.reason].filter(Boolean).join(': ');
    states[state] = (states[state] ?? 0) + 1;
  }
  return {
    tasks: records.length,
    faults,
    seconds,
    attempts: witness.sightings.length,
    sandboxed: records.filter(({ task }) => task?.startedAt !== undefined && task.sandbox !== 'none').length,
    states,
    broken: [
      ...brokenPromisesOf(records),
      ...(left.length > 0 ? [`processes were left: ${left.join(', ')}`] : []),
    ],
  };
}

/** What still runs of a system and of its tasks, a sandbox that never began among it. */
async function leftOf({ parts, mark }: System, records: readonly TaskRecord[]): Promise<readonly number[]> {
  const marks = new Set(records.map(({ id }) => `PREFISH_TASK_ATTEMPT=${id}`));
  const pids = await processesWith((entry) => entry === mark || marks.has(entry.split('/', 1)[0]!));
  const own = parts.map((part) => part.pid());
  return pids.filter((pid) => !own.includes(pid));
}

function brokenPromisesOf(records: readonly TaskRecord[]): string[] {
  return records.flatMap((record) =>
    brokenPromises(record).map((promise) =>
      [`task ${record.id}: ${promise}`, ...storyOf(record)].join('\n  '),
    ),
  );
}

/** What a task was to do, and what was written down of it. */
function storyOf({ plan, task, events, sightings }: TaskRecord): readonly string[] {
  return [plan.line, task, ...events, ...sightings].map((one) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  );
}
