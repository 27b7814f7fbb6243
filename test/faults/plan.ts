import type { Random } from './random.ts';
import { seenBy, seenToEnd } from './witness.ts';

/** What a task of the harness is to do, and so how it may end. */
export interface Plan {
  readonly line: string;
  readonly code: number;
  readonly outputs: number;
  readonly retries: number;
  readonly timeout: number | undefined;
  /** Milliseconds after which it is cancelled. */
  readonly cancel: number | undefined;
  /** Waits for another task: for its completion, or any end. */
  readonly after: { readonly task: string; readonly any: boolean } | undefined;
}

/** Makes up a task: most are short and plain. */
export function makePlan(random: Random, port: number, earlier: string | undefined): Plan {
  const code = random.chance(0.8) ? 0 : 1 + random.integer(100);
  const outputs = 1 + random.integer(5);
  const pause = random.integer(random.chance(0.05) ? 3000 : 150) / 1000;
  const steps = Array.from({ length: outputs }, (_, index) => `echo output ${index}`);
  const line = [seenBy(port), ...steps, `sleep ${pause}`, 'date >> dates', seenToEnd, `exit ${code}`];
  return {
    line: `!${line.join('; ')}`,
    code,
    outputs,
    retries: random.pick([0, 0, 3, 20]),
    timeout: random.chance(0.05) ? 1 : undefined,
    cancel: random.chance(0.1) ? random.integer(2000) : undefined,
    after:
      earlier !== undefined && random.chance(0.1) ? { task: earlier, any: random.chance(0.5) } : undefined,
  };
}
