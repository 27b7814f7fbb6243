import { env } from 'node:process';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'plugins/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'packages/create-plugin/template/test/*.test.ts',
    ],
    // What looks for new input does so for that long, and then has to end.
    testTimeout: 60_000 + 3000 * Number(env['PREFISH_FUZZ_SECONDS'] ?? 0),
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    maxWorkers: '100%',
    globalSetup: ['test/support/say-what-is-skipped.ts'],
  },
});
