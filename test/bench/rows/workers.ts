import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createTaskId } from '@prefish/protocol';
import { teamServer } from '../../serve/support/team-server.ts';
import { startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';
import type { Row } from '../row.ts';
import { startWorker } from '../team-worker.ts';

const tasks = 100;
/** How often a worker is killed, in milliseconds. */
const pause = 2500;

export const workers: Row = {
  what: `${tasks} tasks through one server, two workers, one of them killed every 2.5 s`,
  against: 'the same without kills',
  budget: 1.25,
  async measure() {
    await using postgres = await startPostgres();
    const baseline = await drain(await postgres.database('quiet'), false);
    const value = await drain(await postgres.database('kills'), true);
    return { value, baseline, unit: 'ms' };
  },
};

/** How long two workers take for the tasks. @throws when one was lost, or did not end as it should */
async function drain(url: string, kills: boolean): Promise<number> {
  await using server = await teamServer('--database', url, '--workers', '0', '--tasks-per-account', '1000');
  const ada = await server.member('ada');
  const repository = await server.home.repository({ 'a.txt': 'one\n' });
  const request = await server.push(ada, repository, 'adasrepo1');
  for (let count = 0; count < tasks; count += 1) {
    await ada.client.submit({
      ...request,
      id: createTaskId(),
      line: '!sleep 0.3',
      options: { retries: 100 },
    });
  }
  const running = [await startWorker(server, url), await startWorker(server, url)];
  const began = performance.now();
  const done = new AbortController();
  const killing = kills ? killInTurn(running, () => startWorker(server, url), done.signal) : undefined;
  await until(
    async () => (await ada.client.list({ counts: true, limit: 1 })).counts?.active === 0,
    'all tasks to end',
    300_000,
  );
  const took = performance.now() - began;
  done.abort();
  await killing;
  const { tasks: ended } = await ada.client.list({ limit: 1000 });
  const completed = ended.filter(({ state }) => state === 'completed').length;
  if (completed !== tasks) throw new Error(`${completed} of ${tasks} tasks completed`);
  return took;
}

async function killInTurn(
  running: Awaited<ReturnType<typeof startWorker>>[],
  restart: () => ReturnType<typeof startWorker>,
  done: AbortSignal,
): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await delay(pause, undefined, { signal: done }).catch(() => {});
    if (done.aborted) return;
    const victim = running[turn % running.length]!;
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    running[turn % running.length] = await restart();
  }
}
