import type { Machine } from './machine.ts';
import type { Measurement, Row } from './row.ts';

/** A measured row. */
export interface Result extends Measurement {
  readonly what: string;
  readonly against: string;
  /** `value / baseline`, to two places. */
  readonly ratio: number;
  /** Absent, with `met`, for what is measured for comparison. */
  readonly budget?: number;
  readonly met?: boolean;
}

/** What `results.json` holds. */
export interface Report extends Machine {
  readonly results: readonly Result[];
}

/** What a row has come to. */
export function result({ what, against, budget }: Row, measured: Measurement): Result {
  const ratio = Number((measured.value / measured.baseline).toFixed(2));
  return {
    what,
    against,
    ...measured,
    ratio,
    ...(budget === undefined ? {} : { budget, met: ratio <= budget }),
  };
}

/** In a word: whether the promise was kept; nothing where none was given. */
export function verdict({ met }: Result): string {
  return met === undefined ? '' : met ? 'met' : 'missed';
}

/** A figure with its unit. */
export function figure(value: number, unit: Measurement['unit']): string {
  return `${value.toFixed(unit === 'bytes' || value >= 1000 ? 0 : 1)} ${unit}`;
}
