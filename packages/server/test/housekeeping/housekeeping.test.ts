import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Housekeeping } from '../../src/housekeeping/housekeeping.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { keptFolder } from '../../src/worker/kept-files.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { until } from '../fixtures/until.ts';

describe('housekeeping', () => {
  let host: TaskHost;
  let store: Store;
  let housekeeping: Housekeeping;
  let days = 90;
  beforeEach(() => {
    host = createTaskHost();
    host.write('a', 'a\n');
    mkdirSync(host.folder, { recursive: true });
    store = openSqliteStore({ path: join(host.folder, 'tasks.db') });
    days = 90;
    housekeeping = new Housekeeping({
      folder: host.folder,
      store,
      repositories: host.repositories,
      log: () => {},
      retention: async () => ({ days }),
    });
  });
  afterEach(async () => {
    await housekeeping.close();
    await store.close();
    host.remove();
  });

  /** A task that has ended, with a file that was kept of it. */
  async function endedTask(): Promise<{ id: string; snapshot: string; kept: string }> {
    const request = await host.submit('true');
    await host.repositories.keepSnapshot(request.repo, request.id, request.snapshot);
    const { models: _, enclosed: __, ...plain } = request;
    await store.submit(plain, { owner: '', place: 'here', sandbox: 'none' });
    await store.requestCancel(request.id);
    const kept = join(keptFolder(host.folder, { id: request.id, attempt: 1 }), 'file');
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, Buffer.alloc(100_000, 1));
    return { id: request.id, snapshot: request.snapshot, kept };
  }

  test('what is removed takes its refs and its kept files with it', async () => {
    const { id, kept } = await endedTask();
    expect((await housekeeping.usage()).kept).toBeGreaterThan(100_000 - 1);
    await housekeeping.remove(id);
    await until(() => !existsSync(kept));
    const { remote } = await host.repositories.locate('abcdefgh12345678');
    expect(host.git('--git-dir', remote, 'for-each-ref', `refs/prefish/sent/${id}`)).toBe('');
  });

  test('a clean-up removes what is too old, a dry run says so, and files of nobody go', async () => {
    const { id, kept } = await endedTask();
    const stray = join(keptFolder(host.folder, { id: 'tzzzzzzzzzzzzzzz', attempt: 1 }), 'file');
    mkdirSync(dirname(stray), { recursive: true });
    writeFileSync(stray, 'x');
    expect((await housekeeping.clean({ dryRun: false })).tasks).toBe(0);
    expect(existsSync(stray)).toBe(false);
    expect(existsSync(kept)).toBe(true);
    days = 0;
    expect((await housekeeping.clean({ dryRun: true })).tasks).toBe(1);
    expect((await store.get(id)).task.id).toBe(id);
    const cleaned = await housekeeping.clean({ dryRun: false });
    expect(cleaned.tasks).toBe(1);
    await expect(store.get(id)).rejects.toMatchObject({ code: 'PREFISH_TASK_NOT_FOUND' });
    await until(() => !existsSync(kept));
  });
});
