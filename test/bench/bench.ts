// npm run bench [-- WORD …]: measures the rows whose name holds one of the words, or all of them. Only
// what was measured all at once is written down: in results.json, and for people in docs/performance.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from './machine.ts';
import { performancePage } from './performance-page.ts';
import { figure, result, verdict, type Report, type Result } from './result.ts';
import type { Bench } from './row.ts';
import { rows } from './rows.ts';

const root = join(import.meta.dirname, '..', '..');
const words = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'prefish-bench-'));
const home = join(folder, 'home');
mkdirSync(home);
const { npm_lifecycle_event: _, ...env } = process.env;
const bench: Bench = {
  folder,
  env: { ...env, HOME: home, PREFISH_HOME: join(home, 'prefish'), GIT_CONFIG_NOSYSTEM: '1' },
  node: process.execPath,
  prefish: join(root, 'packages', 'cli', 'bin', 'prefish.js'),
  rounds: 21,
};

const results: Result[] = [];
try {
  for (const row of rows) {
    if (words.length > 0 && !words.some((word) => row.what.includes(word))) continue;
    try {
      const measured = result(row, await row.measure(bench));
      results.push(measured);
      console.log(
        `${verdict(measured).padEnd(6)} ${measured.ratio.toFixed(2)} × ${row.budget === undefined ? '' : `(budget ${row.budget} ×) `} ${row.what}: ${figure(measured.value, measured.unit)}, against ${row.against}: ${figure(measured.baseline, measured.unit)}${rounds(measured)}`,
      );
    } catch (error) {
      process.exitCode = 1;
      console.error(`failed  ${row.what}: ${(error as Error).message}`);
    }
  }
} finally {
  execFileSync(bench.node, [bench.prefish, 'daemon', 'stop'], { env: bench.env, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}

/** Said where other work has disturbed some. */
function rounds({ rounds: { counted, of } = { counted: 0, of: 0 } }: Result): string {
  return counted === of ? '' : ` (${counted} of ${of} rounds count)`;
}

if (words.length === 0) {
  const report: Report = { ...thisMachine(), results };
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(root, 'docs', 'performance.md'), performancePage(report));
}
