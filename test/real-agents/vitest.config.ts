import type { ViteUserConfig } from 'vitest/config';

/** Agents as their makers publish them: run when asked for (`npm run test:agents`), and no part of `npm test`. */
const config: ViteUserConfig = {
  root: import.meta.dirname,
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
  test: {
    include: ['*.agents.ts'],
    // Codex keeps the helper of its sandbox in its home, and does not where that lies below the folder for temporary files.
    env: { TMPDIR: '/var/tmp' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
};

export default config;
