import { expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { startPostgres } from '../../../../../test/support/postgres.ts';
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts';
import { request } from '../../fixtures/request.ts';
import { until } from '../../fixtures/until.ts';

needs('postgres');

/** More of them, for a night: `PREFISH_KILLS=50`. */
const crashes = Number(process.env['PREFISH_KILLS'] ?? 4);
const writers = 8;
/** What each writer has written at least before the next crash. */
const between = 5;

test(
  `${crashes} × a database that crashes: what was acknowledged is there, once`,
  { timeout: 30_000 * crashes },
  async () => {
    await using postgres = await startPostgres();
    const { store } = await openPostgres({ url: await postgres.database('durable'), log: () => {} });
    const enough = new AbortController();
    const acknowledged = Array.from({ length: writers }, (): string[] => []);
    try {
      const tasks: string[] = [];
      for (let writer = 0; writer < writers; writer += 1) {
        await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' });
        tasks.push((await store.claim('worker', 3600))!.task.id);
      }
      const writing = tasks.map(async (id, writer) => {
        for (let number = 0; !enough.signal.aborted; number += 1) {
          const text = `${writer} ${number}`;
          await store.append(id, 1, [{ type: 'output', stream: 'stdout', text }]);
          acknowledged[writer]!.push(text);
        }
      });
      for (let crash = 0; crash < crashes; crash += 1) {
        const reached = acknowledged.map(({ length }) => length);
        await until(
          () => acknowledged.every(({ length }, writer) => length >= reached[writer]! + between),
          40,
        );
        await postgres.crash();
        await postgres.start();
      }
      enough.abort();
      await Promise.all(writing);
      for (const [writer, id] of tasks.entries()) {
        const written: string[] = [];
        for (let last = 0; ;) {
          const events = await store.events(id, last, 1000);
          if (events.length === 0) break;
          for (const event of events) {
            expect(event.seq).toBe((last += 1));
            if (event.type === 'output') written.push(event.text);
          }
        }
        expect(written).toEqual(acknowledged[writer]);
      }
    } finally {
      enough.abort();
      await store.close();
    }
  },
);
