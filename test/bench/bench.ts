// npm run bench [-- WORD …]: measures the rows whose name holds one of the words, or all of them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench, Measurement, Row } from './row.ts';
import { accepted } from './rows/accepted.ts';
import { onePage, twentyPages } from './rows/page.ts';
import { prompt } from './rows/prompt.ts';
import { routing } from './rows/routing.ts';
import { sanitizing } from './rows/sanitize.ts';
import { shellLine } from './rows/shell-line.ts';
import { snapshot } from './rows/snapshot.ts';
import { tasksList } from './rows/tasks-list.ts';
import { wire } from './rows/wire.ts';

const rows: readonly Row[] = [
  prompt,
  shellLine,
  routing,
  snapshot,
  accepted,
  wire,
  tasksList,
  sanitizing,
  onePage,
  twentyPages,
];
const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'prefish-bench-'));
const home = join(folder, 'home');
mkdirSync(home);
const { npm_lifecycle_event: _, ...env } = process.env;
const bench: Bench = {
  folder,
  env: { ...env, HOME: home, PREFISH_HOME: join(home, 'prefish'), GIT_CONFIG_NOSYSTEM: '1' },
  node: process.execPath,
  prefish: join(here, '..', '..', 'packages', 'cli', 'bin', 'prefish.js'),
  rounds: 21,
};

const results: (Measurement & {
  what: string;
  against: string;
  ratio: number;
  budget: number;
  met: boolean;
})[] = [];
try {
  for (const row of rows.filter(
    ({ what }) => words.length === 0 || words.some((word) => what.includes(word)),
  )) {
    const measured = await row.measure(bench);
    const ratio = Number((measured.value / measured.baseline).toFixed(2));
    results.push({
      what: row.what,
      against: row.against,
      ...measured,
      ratio,
      budget: row.budget,
      met: ratio <= row.budget,
    });
    const figure = (value: number): string =>
      `${value.toFixed(measured.unit === 'bytes' ? 0 : 1)} ${measured.unit}`;
    console.log(
      `${ratio <= row.budget ? 'met   ' : 'missed'} ${ratio.toFixed(2)} × (budget ${row.budget} ×)  ${row.what}: ${figure(measured.value)}, against ${row.against}: ${figure(measured.baseline)}`,
    );
  }
} finally {
  execFileSync(bench.node, [bench.prefish, 'daemon', 'stop'], { env: bench.env, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(
  join(here, 'results.json'),
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, results }, null, 2)}\n`,
);
