import { env } from 'node:process';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>;

function project(test: TestOptions): TestProjectInlineConfiguration {
  return {
    resolve: { conditions: ['development'] },
    ssr: { resolve: { conditions: ['development'] } },
    test: {
      // What looks for new input does so for that long, and then has to end.
      testTimeout: 120_000 + 3000 * Number(env['PREFISH_FUZZ_SECONDS'] ?? 0),
      hookTimeout: 120_000,
      expect: { poll: { timeout: 40_000 } },
      pool: 'forks',
      ...test,
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: '100%',
    globalSetup: ['test/support/compile-once.ts', 'test/support/say-what-is-skipped.ts'],
    projects: [
      // Begins first: the long ones are here.
      project({
        name: 'apart',
        include: ['test/**/*.test.ts', 'packages/{cli,server,testing}/test/**/*.test.ts'],
      }),
      // A process for each of these would take longer to start than most of them to run.
      project({
        name: 'together',
        include: [
          'packages/!(cli|server|testing)/test/**/*.test.ts',
          'packages/create-plugin/template/test/*.test.ts',
          'plugins/*/test/**/*.test.ts',
        ],
        isolate: false,
      }),
    ],
  },
});
