import { createShell, definePlugin } from '@prefish/core';
import type { Row } from '../row.ts';

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
  against: '20 µs',
  budget: 1,
  async measure() {
    await using shell = await createShell({ plugins: [many()] });
    const lines = 20_000;
    for (let line = 0; line < 2_000; line++) await shell.submit('%a1: warm up');
    const start = performance.now();
    for (let line = 0; line < lines; line++) await shell.submit('%a1: hello');
    return { value: ((performance.now() - start) / lines) * 1000, baseline: 20, unit: 'µs' };
  },
};
