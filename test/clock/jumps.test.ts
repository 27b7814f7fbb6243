import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createTaskId, type Event, type Task } from '@prefish/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { teamServer } from '../serve/support/team-server.ts';
import { needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, show, submit, transcript } from '../support/tasks.ts';
import { until } from '../support/until.ts';
import { shiftedClock, type ShiftedClock } from './shifted-clock.ts';

needs('gcc', 'bubblewrap');

const [hour, day] = [3600, 24 * 3600];
/** For how long each wrong time holds, in milliseconds: together, longer than it takes until leases are looked at again. */
const holds = 1500;

let clock: ShiftedClock;
beforeAll(() => {
  clock = shiftedClock();
  // For whatever is started from here on.
  Object.assign(process.env, clock.env);
});
afterAll(() => {
  for (const name of Object.keys(clock.env)) delete process.env[name];
  clock[Symbol.dispose]();
});

/** Sets the clock forward and back, by an hour and by a day. */
async function jump(): Promise<void> {
  for (const seconds of [hour, day, -day, -hour]) {
    clock.shift(seconds);
    await pause(holds);
  }
}

/** Runs until there is a file `go` in its workspace, which a second task makes. */
const line = '!echo on; for i in $(seq 90); do sleep 0.1; done; echo off';

describe('a clock that jumps by an hour and by a day, forward and back', { timeout: 90_000 }, () => {
  test('while tasks run and wait: none is lost, times out, runs twice or is forgotten', async () => {
    const postgresStarted = startPostgres();
    await using home = await sandboxHome();
    const daemon = home.spawn(['daemon', 'run']);
    const repository = await home.repository({ a: '1\n' });
    const here = { cwd: repository.path };
    await until(
      async () => (await home.prefish(['daemon', 'status', '--json'])).json<{ running: boolean }>().running,
      'the server to answer',
    );
    const old = await submit(home, '!true', here);
    await finished(home, old);
    const running = await submit(home, line, here);
    const limited = await submit(home, `--timeout 60 ${line}`, here);
    const waiting = await submit(home, `--after ${running} !echo waited`, here);
    for (const id of [running, limited]) {
      await until(async () => (await outputOf(home, id)) === 'on\n', 'it to run');
    }

    await using postgres = await postgresStarted;
    const database = await postgres.database('team');
    // Who looks for lost workers is another process than the worker.
    await using server = await teamServer('--database', database, '--workers', '0');
    const worker = server.home.spawn(['worker', '--database', database, '--concurrency', '2']);
    const ada = await server.member('ada');
    const request = await server.push(ada, repository, 'adasrepo1');
    const ids = await Promise.all(
      ['retried', 'single'].map(async (name) => {
        const options = name === 'retried' ? { retries: 3 } : {};
        return (await ada.client.submit({ ...request, id: createTaskId(), line, options })).id;
      }),
    );
    await until(
      async () =>
        (await Promise.all(ids.map((id) => ada.client.get(id)))).every(({ state }) => state === 'working'),
      'both to run',
    );

    await jump();
    const shown = (await home.prefish(['tasks', 'ls'])).stdout;
    expect(shown).not.toMatch(/-\d/);
    clock.shift(0);

    for (const id of [running, limited, waiting]) {
      expect(await finished(home, id)).toMatchObject({ state: 'completed', attempt: 1 });
    }
    const said: readonly Event[] = await transcript(home, running);
    expect(said.map(({ seq }) => seq)).toEqual(said.map((_, index) => index + 1));
    expect(await outputOf(home, running)).toBe('on\noff\n');
    expect((await home.prefish(['clean', '--json'])).json()).toMatchObject({ tasks: 0 });
    expect(await show(home, old)).toMatchObject({ state: 'completed' });
    for (const id of ids) {
      const task = await until(async (): Promise<Task | false> => {
        const found = await ada.client.get(id);
        return found.endedAt !== undefined && found;
      }, 'a task of the team to end');
      expect(task).toMatchObject({ state: 'completed', attempt: 1 });
    }
    for (const child of [daemon, worker]) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
});
