import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createTaskId } from '@prefish/protocol';
import { needs } from '../../../../test/support/needs.ts';
import { mirrorsOf } from '../../src/repositories/mirrors.ts';
import { dependenciesOf } from '../../src/worker/setup/dependencies.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer, type TeamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

const mirrorOf = (server: TeamServer, account: string): string =>
  join(server.folder, 'repositories', account, 'repository1.git');

/** By which the bases of an owner's mirrors are known. */
const ownerKey = (mirrors: string): string => createHash('sha256').update(mirrors).digest('hex').slice(0, 16);

describe('a server over the network', () => {
  needs('bubblewrap');

  test('takes so many tasks of an account, and those of others all the same', async () => {
    await using server = await teamServer({ limits: { tasks: 2 } });
    const submit = async (name: string): Promise<() => Promise<string>> => {
      const { client } = await server.member(name);
      await client.repository('repository1');
      const snapshot = commitInto(mirrorOf(server, name));
      return async () => (await client.submit(request({ line: '!sleep 600', snapshot, options: {} }))).id;
    };
    const [ada, bob] = [await submit('ada'), await submit('bob')];
    const first = await ada();
    await ada();
    await expect(ada()).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: expect.stringContaining('2 tasks'),
    });
    await bob();
    const { client } = await server.member('ada');
    expect((await client.account()).limits.tasks).toEqual({ most: 2, now: 2 });
    await client.cancel(first);
    await until(async () => (await client.account()).limits.tasks.now === 1);
    await ada();
  });

  test('takes no more tasks of an account than it may have, however many come at once', async () => {
    await using server = await teamServer({ limits: { tasks: 5, requests: 1000 } });
    const { client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(mirrorOf(server, 'ada'));
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => client.submit(request({ line: '!sleep 600', snapshot, options: {} }))),
    );
    const codes = results.map((result) => (result.status === 'fulfilled' ? 'taken' : result.reason.code));
    expect(codes.filter((code) => code === 'taken')).toHaveLength(5);
    expect(codes.filter((code) => code === 'PREFISH_LIMIT')).toHaveLength(45);
    expect((await client.account()).limits.tasks).toEqual({ most: 5, now: 5 });
  });

  test('runs so many tasks of an account at once, and has a worker for another', async () => {
    await using server = await teamServer({ limits: { running: 1 } }, { concurrency: 3 });
    const running = async (name: string): Promise<() => Promise<number>> => {
      const { client } = await server.member(name);
      await client.repository('repository1');
      const snapshot = commitInto(mirrorOf(server, name));
      for (const line of ['!sleep 600', '!sleep 600']) {
        await client.submit(request({ line, snapshot, options: {} }));
      }
      return async () => (await client.list({ state: ['working'] })).tasks.length;
    };
    const [ada, bob] = [await running('ada'), await running('bob')];
    await until(async () => (await ada()) === 1 && (await bob()) === 1);
    const { client } = await server.member('ada');
    const [first] = (await client.list({ state: ['working'] })).tasks;
    await client.cancel(first!.id);
    await until(async () => (await client.get('2')).state === 'working');
    expect(await bob()).toBe(1);
  });

  test('counts all that an account has on the disk, and frees what is only there to be quick', async () => {
    const mebibyte = 2 ** 20;
    await using server = await teamServer({ limits: { disk: 8 * mebibyte } });
    const { client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(mirrorOf(server, 'ada'));
    const submit = async (line = '!true'): Promise<string> =>
      (await client.submit(request({ line, snapshot, options: {} }))).id;
    const disk = async (): Promise<number> => (await client.account()).limits.disk.now;
    const fill = (folder: string, mebibytes: number): void => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'file'), Buffer.alloc(mebibytes * mebibyte, 1));
    };
    const id = await submit();
    await until(async () => (await client.get(id)).endedAt !== undefined);
    const own = mirrorsOf(server.folder, 'ada');
    fill(join(server.folder, 'kept', id, '1'), 2);
    fill(join(server.folder, 'kept', createTaskId(), '1'), 20);
    const installed = join(dependenciesOf(server.folder, 'ada'), 'key');
    fill(installed, 3);
    const base = join(server.folder, 'bases', `${ownerKey(own)}-mirror`, snapshot);
    fill(join(base, 'tree'), 3);
    for (const folder of [installed, base]) utimesSync(folder, 0, 0);
    await until(async () => (await disk()) > 8 * mebibyte);
    expect(await disk()).toBeLessThan(9 * mebibyte);

    // More than it may have: what is there to be quick goes first.
    await submit();
    expect([existsSync(installed), existsSync(base)]).toEqual([false, false]);
    expect(await disk()).toBeLessThan(4 * mebibyte);
    fill(join(server.folder, 'kept', id, '2'), 6);
    await until(() =>
      submit().then(
        () => false,
        ({ code }) => code === 'PREFISH_LIMIT',
      ),
    );
    await client.remove(id);
    await until(() =>
      submit().then(
        () => true,
        () => false,
      ),
    );
  });

  test('gives the room of removed tasks back where none is left, also what they had in repositories', async () => {
    await using server = await teamServer({ limits: { disk: 6 * 2 ** 20 } });
    const { client } = await server.member('ada');
    await client.repository('repository1');
    const mirror = mirrorOf(server, 'ada');
    const git = (input: string | Buffer, ...args: string[]): string =>
      execFileSync('git', ['--git-dir', mirror, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        input,
      })
        .toString()
        .trim();
    const commit = (content: Buffer): string => {
      const blob = git(content, 'hash-object', '-w', '--stdin');
      return git('', 'commit-tree', git(`100644 blob ${blob}\tfile\n`, 'mktree'), '-m', 'snapshot');
    };
    const first = commit(randomBytes(2.5 * 2 ** 20));
    const submit = async (snapshot: string): Promise<string> => {
      const { id } = await client.submit(request({ line: '!true', snapshot, options: {} }));
      await until(async () => (await client.get(id)).endedAt !== undefined);
      return id;
    };
    const refused = (): Promise<boolean> =>
      submit(first).then(
        () => false,
        ({ code }) => code === 'PREFISH_LIMIT',
      );
    const kept = join(server.folder, 'kept', await submit(first), '1');
    const latest = commit(randomBytes(2.5 * 2 ** 20));
    const id = await submit(latest);
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, 'file'), Buffer.alloc(1.5 * 2 ** 20, 1));
    await until(refused);
    // As if nobody had pushed any of it for a minute.
    for (const entry of readdirSync(join(mirror, 'objects'), { recursive: true, withFileTypes: true })) {
      utimesSync(join(entry.parentPath, entry.name), 1e9, 1e9);
    }
    await client.remove(id);
    await submit(commit(Buffer.from('small')));
    expect(git('', 'cat-file', '--batch-check', '--batch-all-objects')).toContain(first);
    expect(git('', 'cat-file', '--batch-check', '--batch-all-objects')).not.toContain(latest);
  });

  test('keeps so many tasks that wait, and of one account as many as it leaves to the others', async () => {
    await using server = await teamServer({ limits: { tasks: 10_000 } }, { concurrency: 1 });
    const submitting = async (name: string) => {
      const { client } = await server.member(name);
      await client.repository('repository1');
      const snapshot = commitInto(mirrorOf(server, name));
      return {
        client,
        submit: () => client.submit(request({ line: '!sleep 600', snapshot, options: {} })),
      };
    };
    const [ada, bob] = [await submitting('ada'), await submitting('bob')];
    const first = await ada.submit();
    await until(async () => (await ada.client.get(first.id)).state === 'working');
    const { id } = await ada.submit();
    const database = new DatabaseSync(join(server.folder, 'tasks.db'));
    const columns = database
      .prepare(`select name from pragma_table_info('tasks')`)
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !['number', 'id', 'own_number'].includes(name));
    const copy = (from: number, to: number): void =>
      database.exec(`
        with recursive copies (copy) as (select ${from} union all select copy + 1 from copies where copy < ${to})
        insert into tasks (id, own_number, ${columns.join()})
        select 'copy' || copy, copy, ${columns.join()} from tasks, copies where id = '${id}'`);
    copy(100, 5098);
    await expect(ada.submit()).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: expect.stringContaining('5000 tasks of ada wait, 5000 of all accounts'),
      hint: expect.stringContaining('prefish tasks cancel'),
      retryAfter: 30,
    });
    const taken = await bob.submit();
    await bob.client.cancel(taken.id);
    copy(5099, 10_098);
    database.close();
    await expect(bob.submit()).rejects.toMatchObject({ code: 'PREFISH_LIMIT' });
  });

  test('reads what came along with an earlier task for none that it does not take', async () => {
    await using server = await teamServer({ limits: { tasks: 1 } });
    const { client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(mirrorOf(server, 'ada'));
    const submit = (line: string) =>
      client.submit({ ...request({ line, snapshot, options: {} }), enclosed: { files: { a: 'x' } } });
    const { id } = await submit('Hello');
    await until(async () => (await client.get(id)).endedAt !== undefined);
    // Whoever reads it, fails.
    const database = new DatabaseSync(join(server.folder, 'tasks.db'));
    database.exec(`update enclosures set body = 'broken'`);
    database.close();
    await submit('!sleep 600');
    const full = { code: 'PREFISH_LIMIT' };
    await expect(client.retry(id, createTaskId())).rejects.toMatchObject(full);
    await expect(client.continue(id, { id: createTaskId(), line: 'And now?' })).rejects.toMatchObject(full);
  });

  test('has so many repositories of an account', async () => {
    await using server = await teamServer({ limits: { repositories: 3 } });
    const [ada, bob] = [await server.member('ada'), await server.member('bob')];
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) => ada.client.repository(`repository${index}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'PREFISH_LIMIT', message: expect.stringContaining('3 repositories') },
    });
    const kept = results.findIndex(({ status }) => status === 'fulfilled');
    await ada.client.repository(`repository${kept}`);
    await bob.client.repository('repository1');
  });

  test('writes down as canceled what was, and not what had ended', async () => {
    await using server = await teamServer();
    const { client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(mirrorOf(server, 'ada'));
    const submit = (line: string) => client.submit(request({ line, snapshot, options: {} }));
    const [ended, running] = [await submit('!true'), await submit('!sleep 600')];
    await until(async () => (await client.get(ended.id)).state === 'completed');
    for (const { id } of [ended, running]) await client.cancel(id);
    await until(async () => (await client.get(running.id)).state === 'canceled');
    await client.cancel(running.id);
    const audit = await server.accounts.audit({ limit: 100 });
    expect(audit.filter(({ action }) => action === 'task.canceled')).toMatchObject([{ task: running.id }]);
    const began = server.logged.filter((line) => line.includes('a task begins'));
    expect(began.every((line) => line.includes('"account":"ada"'))).toBe(true);
  });

  test('takes so many bytes of an account, and says so to git', async () => {
    await using server = await teamServer({ limits: { disk: 1000 } });
    const { client, token } = await server.member('ada');
    await client.repository('repository1');
    commitInto(mirrorOf(server, 'ada'));
    const asked = '/git/repository1.git/info/refs?service=git-receive-pack';
    const answer = await server.ask(asked, { token });
    expect(answer.headers['content-type']).toBe('application/x-git-receive-pack-advertisement');
    expect(answer.text).toMatch(/ERR ada has .* [KM]B on this server/);
    const fetched = await server.ask(asked.replace('receive', 'upload'), { token });
    expect(fetched.text).toMatch(/^001e# service=git-upload-pack\n0000(?!.*ERR)/);
  });
});
