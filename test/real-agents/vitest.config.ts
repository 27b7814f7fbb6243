import type { ViteUserConfig } from 'vitest/config';

/** Agents as their makers publish them: run when asked for (`npm run test:agents`), and no part of `npm test`. */
const config: ViteUserConfig = {
  root: import.meta.dirname,
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
  test: {
    include: ['*.agents.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
};

export default config;
