import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { startProgram } from '../fixtures/child.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';
import { until } from '../fixtures/until.ts';

/** More of them, for a night: `PREFISH_KILLS=500`. */
const kills = Number(process.env['PREFISH_KILLS'] ?? 20);
/** Kills are spread over the writes: this many acknowledged events, and up to as many again, before each. */
const eventsBetween = 5;

test(
  `${kills} × kill -9: what was acknowledged is there, without gaps`,
  { timeout: 6000 * kills },
  async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'tasks.db');
    const store = openSqliteStore({ path });
    const { task } = await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' });
    await store.claim('worker', 3600);
    await store.close();

    const acknowledged = new Set<string>();
    for (let round = 0; round < kills; round++) {
      const writer = startProgram('append-forever.ts', [path, task.id, '1', String(round * 1_000_000)]);
      await until(() => writer.lines.length >= eventsBetween + (round % eventsBetween));
      writer.child.kill('SIGKILL');
      await writer.exited;
      for (const line of writer.lines) acknowledged.add(line);
    }

    const reopened = openSqliteStore({ path });
    const written = new Set<string>();
    let last = 0;
    for (;;) {
      const events = await reopened.events(task.id, last, 1000);
      if (events.length === 0) break;
      for (const event of events) {
        expect(event.seq).toBe(++last);
        if (event.type === 'output') written.add(event.text);
      }
    }
    await reopened.close();
    expect(acknowledged.size).toBeGreaterThanOrEqual(kills * eventsBetween);
    expect([...acknowledged].filter((text) => !written.has(text))).toEqual([]);
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
  },
);
