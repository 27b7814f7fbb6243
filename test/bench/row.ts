/** One measured figure and its baseline, from the same run. Units: milliseconds, bytes, or bare numbers. */
export interface Measurement {
  readonly value: number;
  readonly baseline: number;
  readonly unit: 'ms' | 'bytes' | 'µs' | 'MB';
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

/** The figure that so large a part of several figures is below. */
export function percentile(figures: readonly number[], part: number): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length * part)]!;
}

/**
 * Measures two things in turn, A B A B …, after one round that is not counted, so that a drift of the
 * machine's speed meets both.
 */
export async function interleaved(
  rounds: number,
  value: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ value: number; baseline: number }> {
  const values: number[] = [];
  const baselines: number[] = [];
  await value();
  await baseline();
  for (let round = 0; round < rounds; round++) {
    values.push(await value());
    baselines.push(await baseline());
  }
  return { value: median(values), baseline: median(baselines) };
}
