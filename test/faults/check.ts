import { isFinal, type Event, type Task } from '@prefish/protocol';
import type { Plan } from './plan.ts';
import type { Sighting } from './witness.ts';

/** Two things that the harness saw at once, on a machine that is starved, in milliseconds. */
const atOnce = 100;

/** Everything that is known of one task in the end. */
export interface TaskRecord {
  readonly id: string;
  readonly plan: Plan;
  /** As the store has it; `undefined` when it does not know the task. */
  readonly task: Task | undefined;
  readonly events: readonly Event[];
  /** What viewers were shown while it ran. */
  readonly shown: readonly Event[];
  /** Final states that were seen before the end. */
  readonly finals: readonly string[];
  readonly sightings: readonly Sighting[];
}

/** The promises that a task breaks, in words. */
export function brokenPromises(record: TaskRecord): string[] {
  const { task, events, plan } = record;
  if (task === undefined) return ['it was acknowledged, and is lost'];
  const broken = [...ran(record), ...told(record), ...ended(task, record)];
  if (events.some(({ seq }, index) => seq !== index + 1)) broken.push('its events have gaps');
  if (plan.retries === 0 && record.sightings.length > 1) {
    broken.push(`it ran ${record.sightings.length} times and was not to be repeated`);
  }
  return broken;
}

function ran({ sightings, task }: TaskRecord): string[] {
  const inOrder = [...sightings].sort((one, other) => one.from - other.from);
  const broken: string[] = [];
  for (const [index, { attempt, to }] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next === undefined) continue;
    if (next.from < to - atOnce) broken.push(`attempts ${attempt} and ${next.attempt} ran at once`);
    if (next.attempt <= attempt) broken.push(`attempt ${next.attempt} began after attempt ${attempt}`);
  }
  if (inOrder.some(({ to }) => to === Infinity)) broken.push('something of it still runs');
  if (inOrder.some(({ attempt }) => attempt > task!.attempt))
    broken.push('it ran an attempt that nobody knows of');
  return broken;
}

/** What a viewer was shown is durable: it is there afterwards, as it was. */
function told({ events, shown, finals, task }: TaskRecord): string[] {
  const kept = new Map(events.map((event) => [event.seq, JSON.stringify(event)]));
  const lost = shown.filter((event) => kept.get(event.seq) !== JSON.stringify(event));
  return [
    ...(lost.length > 0 ? [`${lost.length} events that were shown are lost or different`] : []),
    ...finals
      .filter((state) => state !== task!.state)
      .map((state) => `it was ${state}, which is final, and then ${task!.state}`),
  ];
}

function ended(task: Task, { plan, sightings, events }: TaskRecord): string[] {
  const { state, reason, exit } = task;
  if (!isFinal(state)) return [`it has not ended: ${state}`];
  const last = sightings.find(({ attempt }) => attempt === task.attempt);
  const code = exit !== undefined && 'code' in exit ? exit.code : undefined;
  const outputs = outputsOfLastAttempt(events);
  if (state === 'completed') {
    return [
      ...(plan.code === 0 && code === 0
        ? []
        : [`completed with exit ${code}, and was to end with ${plan.code}`]),
      ...(last?.finished === true ? [] : ['completed, and its line did not come to its end']),
      ...(outputs === plan.outputs ? [] : [`completed with ${outputs} of ${plan.outputs} outputs`]),
    ];
  }
  if (state === 'canceled') return plan.cancel === undefined ? ['canceled by nobody'] : [];
  if (reason === 'timeout') return plan.timeout === undefined ? ['timed out without a limit'] : [];
  if (reason === 'dependency-failed')
    return plan.after?.any === false ? [] : ['failed for a task it did not wait for'];
  if (reason !== undefined) return [];
  if (exit === undefined) return ['failed, and nobody says why'];
  if (last?.finished === true && plan.code !== 0 && code !== plan.code && !wasKilled(task)) {
    return [`failed with exit ${code}, and was to end with ${plan.code}`];
  }
  return plan.code === 0 && !wasKilled(task) ? [`failed with exit ${code}, and nothing had killed it`] : [];
}

/** By a signal, or as a shell or a sandbox tells of one: 128 and its number. */
function wasKilled({ exit }: Task): boolean {
  return exit !== undefined && ('signal' in exit || exit.code > 128);
}

function outputsOfLastAttempt(events: readonly Event[]): number {
  const begun = events.findLastIndex((event) => event.type === 'state' && event.state === 'working');
  const text = events
    .slice(begun)
    .flatMap((event) => (event.type === 'output' && event.stream === 'stdout' ? [event.text] : []))
    .join('');
  return [...text.matchAll(/^output \d+$/gm)].length;
}
