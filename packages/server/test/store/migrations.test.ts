import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';

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
