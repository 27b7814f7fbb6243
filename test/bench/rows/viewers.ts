import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { testServer } from '../../../packages/server/test/fixtures/server.ts';
import { scriptedTasks } from '../../web/support/scripted-tasks.ts';
import { processTime } from '../process-time.ts';
import { interleaved, percentile, type Row } from '../row.ts';

const viewers = 100;
const events = 50;
const pauseMs = 20;
/** What is promised, in milliseconds. */
const promised = 50;

export const eventsToViewers: Row = {
  what: `event to ${viewers} viewers, p99`,
  against: `${promised} ms`,
  budget: 1,
  async measure({ node, folder: cwd, env }) {
    const run = scriptedTasks({
      '!clock': async ({ print, hear, signal }) => {
        for (let turn = await hear(); turn !== undefined && !signal.aborted; turn = await hear()) {
          for (let line = 0; line < events; line++) {
            await print(`${Date.now()}\n`);
            await delay(pauseMs);
          }
        }
      },
    });
    await using server = await testServer({ run });
    const { id } = await server.client.submit(await server.request('!clock'));
    const viewing = fork(new URL('../view-task.ts', import.meta.url), [
      server.socketPath,
      id,
      String(viewers),
      String(events),
    ]);
    const ended = once(viewing, 'exit');
    await once(viewing, 'message');
    const figures = await interleaved(
      9,
      async () => {
        const delays = once(viewing, 'message') as Promise<[number[]]>;
        await server.client.message(id, 'go');
        return percentile((await delays)[0], 0.99);
      },
      () => processTime(node, ['-e', '0'], { cwd, env }),
    );
    await server.client.cancel(id);
    await ended;
    return { ...figures, baseline: promised, unit: 'ms' };
  },
};
