// npm run bench: every figure as a ratio against a baseline measured in the same run.
import { join } from 'node:path';
import { clone, node } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { run } from './workspace/step.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

await install(process.env);
await build(process.env);
process.exitCode = await run(
  node,
  ['--conditions=development', join(clone, 'test', 'bench', 'bench.ts'), ...process.argv.slice(2)],
  { cwd: clone, env: withNode(userEnvironment()), stdout: 'inherit' },
);
