// npm run pictures: what docs/pictures shows, played anew.
import { join } from 'node:path';
import { clone, node } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { run } from './workspace/step.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

await install(process.env);
await build(process.env);
process.exitCode = await run(
  node,
  ['--conditions=development', join(clone, 'test', 'pictures', 'pictures.ts'), ...process.argv.slice(2)],
  { cwd: clone, env: withNode(userEnvironment()), stdout: 'inherit' },
);
