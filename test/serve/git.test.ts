import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesWithEnvironment } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { runGit, teamServer } from './support/team-server.ts';

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'worked',
    (error: unknown) => String((error as { stderr?: string }).stderr ?? error),
  );

/** How much memory a process has, in bytes. */
async function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024;
}

describe('git over HTTPS', () => {
  test('takes and gives packs without holding them in memory', { timeout: 120_000 }, async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    const size = 24 * 2 ** 20;
    // Nothing that can be compressed.
    await repository.git('config', 'core.compression', '0');
    for (const name of ['one', 'two']) await writeFile(join(repository.path, name), randomBytes(size));
    await repository.git('add', '-A');
    await repository.git('commit', '-q', '-m', 'large');
    const { pid } = server.process;
    const before = await memoryOf(pid!, 'VmRSS');
    const { snapshot } = await server.push(ada, repository, 'adasrepo1');
    const { remote } = await ada.client.repository('adasrepo1');
    const other = await server.home.repository();
    await runGit(other.path, ada.git, 'fetch', '-q', remote, snapshot);
    expect((await other.git('cat-file', '-s', `${snapshot}:one`)).trim()).toBe(String(size));
    expect((await memoryOf(pid!, 'VmHWM')) - before).toBeLessThan(60 * 2 ** 20);
  });

  test('takes what is packed, by whatever version of the protocol', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    const { remote } = await ada.client.repository('adasrepo1');
    const other = await server.home.repository({ 'c.txt': 'c\n' });
    // What is said of these is longer than what git sends as it is: it comes packed.
    for (let index = 0; index < 25; index++) await other.git('commit', '-q', '--allow-empty', '-m', 'more');
    for (const version of ['0', '1', '2']) {
      await repository.write({ 'b.txt': `${version}\n` });
      await repository.git('add', '-A');
      await repository.git('commit', '-q', '-m', version);
      const speaking = ['-c', `protocol.version=${version}`];
      const head = (await repository.git('rev-parse', 'HEAD')).trim();
      const ref = `HEAD:refs/prefish/snapshots/taaaaaaaaaaaaaa${Number(version) + 2}`;
      await runGit(repository.path, ada.git, ...speaking, 'push', '-q', remote, ref);
      await runGit(other.path, ada.git, ...speaking, 'fetch', '-q', remote, head);
      expect(await other.git('show', 'FETCH_HEAD:b.txt')).toBe(`${version}\n`);
    }

    // Whatever a client calls itself, what it fetched is written down.
    const fetched = async (): Promise<number> => {
      const audit = await server.users('audit', 'ada', '--json');
      const { entries } = audit.json<{ entries: { action: string }[] }>();
      return entries.filter(({ action }) => action === 'result.fetched').length;
    };
    const before = await fetched();
    const wanted = (await repository.git('rev-parse', 'HEAD')).trim();
    const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
    const body = `${line(`want ${wanted} agent=command=ls-refs\n`)}0000${line('done\n')}`;
    const answer = await server.ask('/git/adasrepo1.git/git-upload-pack', {
      method: 'POST',
      token: ada.token,
      body,
    });
    expect(answer.text).toContain('PACK');
    expect(await fetched()).toBe(before + 1);
  });

  test('says what is too large, and lets nobody write what tasks were sent and what they left', async () => {
    await using server = await teamServer('--disk-per-account', '400K');
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    await server.push(ada, repository, 'adasrepo1');
    await writeFile(join(repository.path, 'large'), randomBytes(500_000));
    await repository.git('add', '-A');
    await repository.git('commit', '-q', '-m', 'large');
    expect(await failure(server.push(ada, repository, 'adasrepo1'))).toContain(
      'exceeds maximum allowed size',
    );
    const { remote } = await ada.client.repository('adasrepo1');
    const hidden = runGit(
      repository.path,
      ada.git,
      'push',
      remote,
      'HEAD~1:refs/prefish/results/taaaaaaaaaaaaaaa/1',
    );
    expect(await failure(hidden)).toMatch(/hidden ref|deny/);
  });

  test('ends with its request, and with the token', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    await server.push(ada, repository, 'adasrepo1');
    const serving = async (): Promise<number> => {
      const pids = await processesWithEnvironment('GIT_NO_REPLACE_OBJECTS=1');
      const names = await Promise.all(
        pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      return names.filter((name) => name.includes(server.home.prefishHome) && name.includes('receive-pack'))
        .length;
    };
    const begin = () => {
      const asked = httpsRequest(new URL('/git/adasrepo1.git/git-receive-pack', server.url), {
        method: 'POST',
        ca: server.certificate.pem,
        agent: false,
        headers: {
          authorization: `Bearer ${ada.token}`,
          'content-type': 'application/x-git-receive-pack-request',
          'transfer-encoding': 'chunked',
        },
      });
      asked.on('error', () => {}).write('00');
      return asked;
    };
    const broken = begin();
    await until(async () => (await serving()) === 1, 'git to serve');
    broken.destroy();
    await until(async () => (await serving()) === 0, 'git to end with its request');
    const asked = begin();
    await until(async () => (await serving()) === 1, 'git to serve again');
    await server.users('revoke', 'ada');
    await until(async () => (await serving()) === 0, 'git to end with the account');
    asked.destroy();
  });

  test('serves so many transfers of an account at once', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    await server.push(ada, repository, 'adasrepo1');
    const refs = Array.from({ length: 40 }, () =>
      server.ask('/git/adasrepo1.git/info/refs?service=git-upload-pack', { token: ada.token }),
    );
    const statuses = (await Promise.all(refs)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const path = '/git/adasrepo1.git/info/refs';
    for (const odd of ['', '?service=git-upload-archive', '?service=../x']) {
      expect((await server.ask(path + odd, { token: ada.token })).status).toBe(404);
    }
    for (const name of ['..', 'adasrepo1', '%2e%2e%2fbob', 'ADASREPO1.git', 'adasrepo1.git.git']) {
      const other = await server.ask(`/git/${name}/info/refs?service=git-upload-pack`, { token: ada.token });
      expect(other.status, name).toBe(404);
    }
  });
});
