import { createShell, definePlugin } from '@prefish/core';
import { interleaved, type Row } from '../row.ts';

/** What is promised, in microseconds. */
const promised = 20;
const lines = 2000;
const batches = 21;
const numbers = Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 50_021);

/** Something that takes about as long as a batch, and says whether the processor was there for it. */
function sortingTime(): number {
  const start = performance.now();
  numbers.toSorted((one, other) => one - other);
  return performance.now() - start;
}

const many = definePlugin({
  name: 'many',
  api: '^1',
  setup(shell) {
    for (let index = 0; index < 1000; index++) {
      shell.prefix({
        id: `p${index}`,
        token: `%${index.toString(36)}:`,
        summary: '',
        run: () => ({ type: 'ok' }),
      });
    }
  },
});

export const routing: Row = {
  what: 'route and dispatch one line, 1,000 prefixes',
  against: `${promised} µs`,
  budget: 1,
  async measure() {
    await using shell = await createShell({ plugins: [many()] });
    const batch = async (): Promise<number> => {
      const start = performance.now();
      for (let line = 0; line < lines; line++) await shell.submit('%a1: hello');
      return ((performance.now() - start) / lines) * 1000;
    };
    const figures = await interleaved(batches, batch, async () => sortingTime());
    return { ...figures, baseline: promised, unit: 'µs' };
  },
};
