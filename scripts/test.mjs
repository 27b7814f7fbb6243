// npm test: installs, builds, checks types and style, runs every test, and closes with one line of counts.
// A test that fails runs once more, on a machine that is busy with something else; the ones that needed it are named.
// Arguments go to vitest: npm test -- plugins/memory
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clone, tool } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { mustRun, run } from './workspace/step.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

await install(process.env);
const env = withNode(userEnvironment());
const options = { cwd: clone, env, stdout: 'inherit' };
await Promise.all([
  build(process.env),
  mustRun('the type check', tool('tsc'), ['-p', '.'], options),
  mustRun('the type check of the page', tool('tsc'), ['-p', 'packages/web'], options),
  mustRun('the type check of the examples', tool('tsc'), ['-p', 'examples'], options),
  mustRun('the linter', tool('oxlint'), ['--quiet'], options),
  mustRun('the formatter', tool('oxfmt'), ['--check', '.'], options),
]);

const report = join(clone, 'node_modules', '.prefish', 'test-report.json');
rmSync(report, { force: true });
const code = await run(
  tool('vitest'),
  [
    'run',
    '--retry=1',
    '--reporter=default',
    '--reporter=test/support/report-flaky.ts',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  options,
);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
  readFileSync(report, 'utf8'),
);
process.stdout.write(
  `\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped\n`,
);
process.exitCode = code;
