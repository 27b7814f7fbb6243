import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { runFaults } from './run-faults.ts';

needs('bubblewrap');

test('whatever is killed, stopped or starved: no task is lost, runs twice at once, or ends in a lie', async () => {
  await using home = await sandboxHome();
  const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000);
  const happened = [`seed ${seed}`];
  const report = await runFaults(home, {
    seed,
    duration: 20_000,
    every: 1500,
    log: (text) => happened.push(text),
  });
  expect(report.broken, happened.join('\n')).toEqual([]);
  expect(report.tasks).toBeGreaterThan(5);
}, 150_000);
