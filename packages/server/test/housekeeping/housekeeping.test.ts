import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskUse } from '@prefish/durable';
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

  test('a dry run counts nothing that is too young to go', async () => {
    const { id } = await endedTask();
    host.write('large', randomBytes(300_000));
    const { snapshot, repo } = await host.submit('true');
    await housekeeping.remove(id);
    const { remote } = await host.repositories.locate(repo);
    for (const ref of host.git('--git-dir', remote, 'for-each-ref', '--format=%(refname)').split('\n')) {
      host.git('--git-dir', remote, 'update-ref', '-d', ref);
    }
    expect((await housekeeping.clean({ dryRun: true })).freed).toBeLessThan(10_000);
    expect(host.git('--git-dir', remote, 'cat-file', '-t', snapshot)).toBe('commit');
    for (const name of readdirSync(join(remote, 'objects'), { recursive: true, encoding: 'utf8' })) {
      utimesSync(join(remote, 'objects', name), 0, 0);
    }
    expect((await housekeeping.clean({ dryRun: true })).freed).toBeGreaterThan(300_000 - 1);
    const before = await housekeeping.usage();
    const { freed } = await housekeeping.clean({ dryRun: false });
    expect(freed).toBeGreaterThan(300_000 - 1);
    expect(before.repositories - (await housekeeping.usage()).repositories).toBe(freed);
  });

  test('the parts of what takes room are all of the folder', async () => {
    await endedTask();
    for (const name of ['credentials', 'work', 'bases', 'workers']) {
      mkdirSync(join(host.folder, name));
      writeFileSync(join(host.folder, name, 'file'), Buffer.alloc(50_000, 1));
    }
    const { database, repositories, caches, kept, workspaces } = await housekeeping.usage();
    const sum = database + repositories + caches + kept + workspaces;
    expect(Math.abs(sum - (await diskUse([host.folder])))).toBeLessThan(10_000);
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
    const dry = await housekeeping.clean({ dryRun: true });
    expect(dry.tasks).toBe(1);
    expect(dry.freed).toBeGreaterThan(100_000 - 1);
    expect((await store.get(id)).task.id).toBe(id);
    const cleaned = await housekeeping.clean({ dryRun: false });
    expect(cleaned.tasks).toBe(1);
    await expect(store.get(id)).rejects.toMatchObject({ code: 'PREFISH_TASK_NOT_FOUND' });
    await until(() => !existsSync(kept));
  });
});
