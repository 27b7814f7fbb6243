import type { UserConfig } from 'tsdown';
import { library } from '../../tsdown.library.ts';

/** What it needs is bundled: `npm create` then fetches one small package. */
const config: UserConfig = {
  ...library(['src/index.ts', 'src/main.ts']),
  inputOptions: { resolve: { conditionNames: ['development', 'node', 'import', 'default'] } },
  deps: { onlyBundle: false },
};

export default config;
