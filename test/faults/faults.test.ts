import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { runFaults } from './run-faults.ts';

const seed = Number(process.env['FAULTS_SEED'] ?? 1);

async function expectPromisesKept(team: boolean): Promise<void> {
  await using home = await sandboxHome();
  const happened = [`seed ${seed}`];
  const report = await runFaults(home, {
    seed,
    team,
    duration: 12_000,
    every: 1500,
    log: (text) => happened.push(text),
  });
  expect(report.broken, happened.join('\n')).toEqual([]);
  expect(report.tasks).toBeGreaterThan(5);
}

describe('whatever is killed, stopped or starved: no task is lost, runs twice at once, or ends in a lie', () => {
  describe('on one machine', () => {
    needs('bubblewrap');
    test('by its server', { timeout: 150_000 }, () => expectPromisesKept(false));
  });

  describe('in a team', () => {
    needs('postgres');
    test('by server, workers and database', { timeout: 150_000 }, () => expectPromisesKept(true));
  });
});
