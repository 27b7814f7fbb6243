import type { Dialect } from './dialect.ts';

/** A shell of which only `-c` is known (fish, nushell, tcsh …): nothing lasts from line to line. */
export const plain: Dialect = {
  args: (line) => ['-c', line.text],
};
