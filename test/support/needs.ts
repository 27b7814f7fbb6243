import { beforeEach } from 'vitest';
import { lacks, type Capability } from './capabilities.ts';

/** Skips the tests of this file, or of this `describe`, where the machine lacks something. */
export function needs(...wanted: readonly Capability[]): void {
  const missing = lacks(wanted);
  if (missing !== undefined) beforeEach(({ skip }) => skip(missing));
}
