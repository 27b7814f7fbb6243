// npm run build | check | lint | format: one step of the workspace, with everything it needs.
import { clone, tool } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { mustRun } from './workspace/step.mjs';

const options = { cwd: clone, env: withNode(process.env) };
const steps = {
  build: () => build(process.env),
  check: async () => {
    await mustRun('the type check', tool('tsc'), ['-p', '.'], options);
    await mustRun('the type check of the page', tool('tsc'), ['-p', 'packages/web'], options);
    await mustRun('the type check of the examples', tool('tsc'), ['-p', 'examples'], options);
  },
  lint: async () => {
    await mustRun('the linter', tool('oxlint'), ['--quiet'], options);
    await mustRun('the formatter', tool('oxfmt'), ['--check', '.'], options);
  },
  format: () => mustRun('the formatter', tool('oxfmt'), ['.'], options),
};

const step = steps[process.argv[2]];
if (step === undefined) {
  process.stderr.write(`Usage: node scripts/run.mjs ${Object.keys(steps).join('|')}\n`);
  process.exit(2);
}
await install(process.env);
await step();
