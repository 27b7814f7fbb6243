// npm run faults -- --minutes N --seed S: breaks a server at random, and checks what it promises.
import { join } from 'node:path';
import { clone, node } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { run } from './workspace/step.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

await install(process.env);
await build(process.env);
process.exitCode = await run(
  node,
  ['--conditions=development', join(clone, 'test', 'faults', 'main.ts'), ...process.argv.slice(2)],
  { cwd: clone, env: withNode(userEnvironment()), stdout: 'inherit' },
);
