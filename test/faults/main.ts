/** npm run faults -- --minutes N --tasks N --seed S --team: breaks a server for long, and says which promises were broken. */
import { parseArgs } from 'node:util';
import { sandboxHome } from '../support/sandbox-home.ts';
import { runFaults } from './run-faults.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    tasks: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    team: { type: 'boolean', default: false },
    every: { type: 'string', default: '2500' },
  },
});
const seed = Number(values.seed);
const tasks = values.tasks === undefined ? Infinity : Number(values.tasks);
// As many tasks as were asked for take as long as they take.
const minutes = Number(values.minutes ?? (values.tasks === undefined ? 10 : Infinity));
const began = performance.now();
const log = (text: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}\n`);
log(`seed ${seed}`);
// Ctrl+C ends it early, and what was submitted is still checked.
const stopped = new AbortController();
process.once('SIGINT', () => stopped.abort());
await using home = await sandboxHome();
const report = await runFaults(home, {
  seed,
  duration: minutes * 60_000,
  tasks,
  team: values.team,
  signal: stopped.signal,
  every: Number(values.every),
  log,
});
const { broken, states, attempts, sandboxed, faults, seconds } = report;
const rate = (report.tasks / seconds).toFixed(1);
log(
  `${report.tasks} tasks, ${sandboxed} of them in a sandbox, ${attempts} attempts, ${faults} faults, ${rate} tasks/s (seed ${seed})`,
);
for (const [state, count] of Object.entries(states)) log(`  ${String(count).padStart(5)} ${state}`);
for (const promise of broken) log(`broken: ${promise}`);
log(broken.length === 0 ? 'every promise was kept' : `${broken.length} promises were broken`);
process.exitCode = broken.length === 0 ? 0 : 1;
