import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** So long the machine is looked at, in milliseconds; the clock of its processors has hundredths of a second. */
const lookMs = 150;
/** What part of its time it has to spare then. */
const spare = 0.75;

/**
 * Waits until nothing else keeps the machine busy, or `patience` is over, in milliseconds.
 *
 * @returns what is left of the patience
 */
export async function calmMoment(patience: number): Promise<number> {
  const until = performance.now() + patience;
  for (let before = processorTimes(); performance.now() < until;) {
    await delay(lookMs);
    const now = processorTimes();
    if ((now.idle - before.idle) / (now.all - before.all) >= spare) break;
    before = now;
  }
  return Math.max(0, until - performance.now());
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((processor) => processor.times);
  return {
    idle: sum(times.map(({ idle }) => idle)),
    all: sum(times.flatMap((one) => Object.values(one))),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
