import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { KeptRequest } from '../../src/store/store.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';

/** A file as the first so many migrations leave it, with a task that waits and one that runs. */
function earlierFile(
  path: string,
  version: number,
): { readonly waits: KeptRequest; readonly runs: KeptRequest } {
  const file = new DatabaseSync(path);
  for (const migration of migrations.slice(0, version)) file.exec(migration);
  file.exec(`pragma user_version = ${version}`);
  const [runs, waits] = [request(), request()];
  for (const [index, each] of [runs, waits].entries()) {
    const row = {
      id: each.id,
      repo: each.repo,
      request: JSON.stringify(each),
      place: 'this machine',
      sandbox: 'bwrap',
      state: index === 0 ? 'working' : 'submitted',
      attempt: index === 0 ? 1 : 0,
      created_at: new Date().toISOString(),
      ...(version >= 4 && { owner: '', own_number: index + 1 }),
    };
    const names = Object.keys(row);
    file
      .prepare(`insert into tasks (${names.join()}) values (${names.map(() => '?').join()})`)
      .run(...Object.values(row));
  }
  if (version >= 4) file.exec("insert or replace into owners (name, last_number) values ('', 2)");
  file.exec(
    `insert into events values (1, 1, '2026-01-01T00:00:00.000Z', '{"type":"state","state":"submitted"}')`,
  );
  file.exec('update tasks set last_seq = 1 where number = 1');
  file.close();
  return { waits, runs };
}

const versions = migrations.map((_migration, index) => index).slice(1);

test.each(versions)('a file of version %i opens, and its tasks go on', async (version) => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'tasks.db');
  const { waits, runs } = earlierFile(path, version);
  const store = openSqliteStore({ path });
  try {
    // Counted once when the column came, and with each task from then on.
    if (version < 5) expect(await store.size('')).toBeGreaterThan(JSON.stringify(waits).length);
    expect((await store.get(runs.id)).request).toEqual(runs);
    expect(await store.events(runs.id, 0, 10)).toMatchObject([{ seq: 1, type: 'state' }]);
    await store.append(runs.id, 1, [{ type: 'output', stream: 'stdout', text: 'goes on' }]);
    await store.finish(runs.id, 1, { state: 'completed', exit: { code: 0 } });
    expect((await store.claim('worker', 10))?.task.id).toBe(waits.id);
    const { task } = await store.submit(request(), { owner: '', place: 'here', sandbox: 'bwrap', most: 2 });
    expect(task.number).toBe(3);
    expect((await store.list({ owner: '', limit: 10 })).tasks).toHaveLength(3);
  } finally {
    await store.close();
  }
  // The second opening finds nothing to do.
  await openSqliteStore({ path }).close();
});

test('tasks from before there were owners keep their numbers, and the next one goes on behind them', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'tasks.db');
  const old = new DatabaseSync(path);
  for (const migration of migrations.slice(0, 2)) old.exec(migration);
  old.exec('pragma user_version = 2');
  const insert = old.prepare(
    `insert into tasks (id, repo, request, place, sandbox, state, created_at, ended_at)
     values (?, 'repository1', ?, 'this machine', 'bwrap', 'completed', ?, ?)`,
  );
  const now = new Date().toISOString();
  const kept = [request(), request(), request()];
  for (const each of kept) insert.run(each.id, JSON.stringify(each), now, now);
  // The newest was forgotten: its number is not given again.
  old.prepare('delete from tasks where id = ?').run(kept[2]!.id);
  old.close();

  const store = openSqliteStore({ path });
  try {
    const { tasks } = await store.list({ owner: '', limit: 10 });
    expect(tasks.map(({ id, number }) => [id, number])).toEqual([
      [kept[1]!.id, 2],
      [kept[0]!.id, 1],
    ]);
    const { task } = await store.submit(request(), { owner: '', place: 'here', sandbox: 'bwrap' });
    expect(task.number).toBe(4);
    expect((await store.find('', '4')).task.id).toBe(task.id);
  } finally {
    await store.close();
  }
});
