import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expiredTasks } from '../../src/housekeeping/retention.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { keptFolder } from '../../src/worker/kept-files.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';

const day = 24 * 3600 * 1000;
const gigabyte = 1024 ** 3;

describe('retention', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;
  beforeEach(() => {
    folder = temporaryFolder();
    store = openSqliteStore({ path: join(folder.path, 'tasks.db') });
  });
  afterEach(async () => {
    await store.close();
    folder[Symbol.dispose]();
  });

  async function endedTask(owner = ''): Promise<string> {
    const { task } = await store.submit(request(), { owner, place: 'here', sandbox: 'none' });
    await store.requestCancel(task.id);
    return task.id;
  }
  function keep(id: string, bytes: number): void {
    const file = join(keptFolder(folder.path, { id, attempt: 1 }), 'file');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.alloc(bytes, 1));
  }
  const expired = async (retention: { days: number; bytes: number }, now = Date.now()) =>
    (await expiredTasks(store, folder.path, retention, now)).map(({ id }) => id);

  test('ended tasks go after some days, others never', async () => {
    const ended = await endedTask();
    await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' });
    expect(await expired({ days: 30, bytes: gigabyte })).toEqual([]);
    expect(await expired({ days: 30, bytes: gigabyte }, Date.now() + 31 * day)).toEqual([ended]);
  });

  test('beyond the size the first to end go, as many as it takes', async () => {
    const ids = [await endedTask(), await endedTask(), await endedTask()];
    for (const id of ids) keep(id, 1024 * 1024);
    expect(await expired({ days: 30, bytes: gigabyte })).toEqual([]);
    expect(await expired({ days: 30, bytes: 2.2 * 1024 * 1024 })).toEqual(ids.slice(0, 1));
    expect(await expired({ days: 30, bytes: 1.2 * 1024 * 1024 })).toEqual(ids.slice(0, 2));
  });

  test('no task goes to make room for those of another owner', async () => {
    const [bobs, ...adas] = [await endedTask('bob'), await endedTask('ada'), await endedTask('ada')];
    for (const id of [bobs!, ...adas]) keep(id, 1024 * 1024);
    expect(await expired({ days: 30, bytes: 1.2 * 1024 * 1024 })).toEqual(adas.slice(0, 1));
  });
});
