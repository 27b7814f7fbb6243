/** npm run faults -- --minutes N --seed S: breaks a server for long, and says which promises were broken. */
import { parseArgs } from 'node:util';
import { sandboxHome } from '../support/sandbox-home.ts';
import { runFaults } from './run-faults.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    every: { type: 'string', default: '2500' },
  },
});
const seed = Number(values.seed);
const began = performance.now();
const log = (text: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}\n`);
log(`seed ${seed}`);
await using home = await sandboxHome();
const report = await runFaults(home, {
  seed,
  duration: Number(values.minutes) * 60_000,
  every: Number(values.every),
  log,
});
const { broken, states, tasks, attempts, faults } = report;
log(`${tasks} tasks, ${attempts} attempts, ${faults} faults (seed ${seed})`);
for (const [state, count] of Object.entries(states)) log(`  ${String(count).padStart(5)} ${state}`);
for (const promise of broken) log(`broken: ${promise}`);
log(broken.length === 0 ? 'every promise was kept' : `${broken.length} promises were broken`);
process.exitCode = broken.length === 0 ? 0 : 1;
