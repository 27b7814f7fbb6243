import { calmMoment } from './calm-moment.ts';

/** One measured figure and its baseline, from the same run. Units: milliseconds, bytes, or bare numbers. */
export interface Measurement {
  readonly value: number;
  readonly baseline: number;
  readonly unit: 'ms' | 'bytes' | 'µs' | 'MB';
  readonly rounds?: CountedRounds;
}

/** How many rounds count, of those that were measured: see {@link interleaved}. */
export interface CountedRounds {
  readonly counted: number;
  readonly of: number;
}

/** A line of the benchmark: what is measured, against what, and the ratio that is promised. */
export interface Row {
  readonly what: string;
  readonly against: string;
  /** The ratio `value / baseline` that must not be exceeded. Absent: measured for comparison. */
  readonly budget?: number;
  measure(bench: Bench): Promise<Measurement>;
}

/** What every row may use: a home of its own, the built command, and how often to repeat. */
export interface Bench {
  /** An empty folder that is removed at the end. */
  readonly folder: string;
  /** The variables of a user with an empty home. */
  readonly env: NodeJS.ProcessEnv;
  readonly node: string;
  /** The built command, as arguments of {@link node}. */
  readonly prefish: string;
  readonly rounds: number;
}

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5);
}

/** The figure that so large a part of several figures does not exceed (nearest rank: of a hundred, p99 is the last but one). */
export function percentile(figures: readonly number[], part: number): number {
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * part) - 1]!;
}

/** So much slower than usual, a baseline says that the machine was busy with something else. */
const disturbed = 1.25;
/** How long all rounds of a row together wait for the machine to be at rest, in milliseconds. */
const patienceMs = 20_000;
/** After a pause of so many milliseconds, the baseline from before it says nothing any more. */
const staleMs = 1000;

/**
 * Measures two things in turn, B A B A … B, after one round that is not counted, so that a drift of the machine's
 * speed meets both. Each round waits a while for the machine to be at rest. It counts when neither baseline beside it
 * was disturbed by other work: when they took no more than a quarter longer than the quicker ones of the run. Where
 * fewer than half of the rounds count, there are up to twice as many. What is measured itself has no say in that.
 *
 * @returns the medians of the rounds that count, and how many of them there were
 */
export async function interleaved(
  rounds: number,
  value: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ value: number; baseline: number; rounds: CountedRounds }> {
  const measured: { readonly value: number; readonly baselines: readonly [number, number] }[] = [];
  await value();
  let before = await baseline();
  let patience = patienceMs;
  const counted = (): typeof measured => {
    const all = measured.flatMap(({ baselines }) => baselines);
    const most = disturbed * percentile(all, 0.25);
    return measured.filter(({ baselines }) => Math.max(...baselines) <= most);
  };
  while (measured.length < rounds || (counted().length < rounds / 2 && measured.length < 2 * rounds)) {
    const left = await calmMoment(patience);
    if (patience - left > staleMs) before = await baseline();
    patience = left;
    const taken = await value();
    const after = await baseline();
    measured.push({ value: taken, baselines: [before, after] });
    before = after;
  }
  // On a machine that is never at rest, all of them have to do.
  const calm = counted().length > 0 ? counted() : measured;
  return {
    value: median(calm.map((round) => round.value)),
    baseline: median(calm.flatMap(({ baselines }) => baselines)),
    rounds: { counted: calm.length, of: measured.length },
  };
}
