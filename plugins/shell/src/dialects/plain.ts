import type { Dialect } from './dialect.ts';

/** A shell of which only `-c` is known (nushell, tcsh …): nothing lasts from line to line. */
export const plain: Dialect = {
  lasts: 'nothing',
  args: (line) => ['-c', line.text],
};
