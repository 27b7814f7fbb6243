import { once } from 'node:events';
import { until } from '../../support/until.ts';
import { startPostgres } from '../../support/postgres.ts';
import { teamServer } from '../../serve/support/team-server.ts';
import type { Row } from '../row.ts';
import { startWorker } from '../team-worker.ts';

/** What is promised, in milliseconds. */
const promised = 15_000;

export const lostWorker: Row = {
  what: 'a worker killed, until its task runs elsewhere',
  against: `${promised / 1000} s`,
  budget: 1,
  async measure() {
    await using postgres = await startPostgres();
    const url = await postgres.database('lost');
    await using server = await teamServer('--database', url, '--workers', '0');
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'one\n' });
    const request = await server.push(ada, repository, 'adasrepo1');
    const worker = await startWorker(server, url);
    const { id } = await ada.client.submit({ ...request, line: '!sleep 3600', options: { retries: 1 } });
    const runs = (attempt: number): Promise<unknown> =>
      until(
        async () => {
          const task = await ada.client.get(id);
          return task.state === 'working' && task.attempt === attempt;
        },
        `attempt ${attempt} to run`,
        60_000,
      );
    await runs(1);
    await startWorker(server, url);
    const begun = performance.now();
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await runs(2);
    const value = performance.now() - begun;
    await ada.client.cancel(id);
    return { value, baseline: promised, unit: 'ms' };
  },
};
