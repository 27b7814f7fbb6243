import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import { ended, sandboxHome, type Run } from '../support/sandbox-home.ts';
import { served } from '../support/served.ts';
import { until } from '../support/until.ts';
import { caller, loggedIn } from './logged-in.ts';

needs('bubblewrap', 'openssl');

/** What a file below a folder holds that has the text in it: every path. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

describe('a line to a server of others', () => {
  test('runs there, and its work comes home over git and TLS; the token shows nowhere', async () => {
    await using t = await loggedIn();
    const { server, home, repository, prefish } = t;
    await repository.write({ 'b.txt': 'untracked\n' });
    const to = ['--server', server.url];
    const known = join(home.prefishHome, 'data', 'servers.json');
    const { token } = JSON.parse(await readFile(known, 'utf8')).servers[0] as { token: string };

    const arguments_ = watchArguments(token);
    const sent = await prefish([...to, '-c', '& !cat b.txt; echo two >> a.txt']);
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining(`→ localhost:`) });
    expect(await prefish([...to, 'tasks', 'wait', '@last', '--timeout', '60'])).toMatchObject({ code: 0 });
    expect((await prefish([...to, 'tasks', 'logs', '@last'])).stdout).toBe('untracked\n');
    // Known by its login: no need to name it.
    const { tasks } = (await prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>();
    expect(tasks).toMatchObject([{ source: 'remote', state: 'completed' }]);
    expect(await prefish(['tasks', 'apply', '@last'])).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await arguments_.stop()).toEqual([]);

    expect(await filesWith(home.prefishHome, token)).toEqual([known]);
    expect(await filesWith(repository.path, token)).toEqual([]);
    expect(server.log()).not.toContain(token);
    expect(await filesWith(server.home.prefishHome, token)).toEqual([]);
  });

  test('waits for it, and gets there once when it is back', async () => {
    await using t = await loggedIn();
    const { server, prefish } = t;
    await server.stop();
    const send = (line: string): Promise<Run> => prefish(['--server', server.url, '-c', `& !echo ${line}`]);
    for (const line of ['one', 'two', 'three']) {
      expect(await send(line)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('PREFISH_SERVER_UNREACHABLE'),
      });
    }
    const listed = async (...options: string[]): Promise<readonly Task[]> =>
      (await prefish(['tasks', 'ls', '--json', ...options])).json<{ tasks: Task[] }>().tasks;
    expect((await prefish(['doctor'])).stdout).toMatch(/FIX +remote .* does not answer[^]*Is that server up/);
    const waits = { reason: expect.stringMatching(/^not-delivered: /) };
    expect(await listed()).toMatchObject(
      ['three', 'two', 'one'].map((line) => ({ line: `!echo ${line}`, ...waits })),
    );
    expect(await prefish(['tasks', 'wait', '@last', '--timeout', '1'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /is not sent yet: .* does not answer[^]* was not sent yet\. prefish tasks wait /,
      ),
    });
    expect(await listed('--limit', '2')).toMatchObject([{ line: '!echo three' }, { line: '!echo two' }]);
    await server.start();
    const [sent] = await Promise.all([send('four'), prefish(['tasks', 'ls']), prefish(['tasks', 'ls'])]);
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('task 4 submitted') });
    const numbered = ['four', 'three', 'two', 'one'].map((line, at) => `${4 - at} !echo ${line} completed`);
    const arrived = async (): Promise<boolean> =>
      (await listed()).map(({ number, line, state }) => `${number} ${line} ${state}`).join() ===
      numbered.join();
    await until(arrived, 'the lines to arrive in their order, and to end');
  });

  test('goes out by itself once the server is back, though nobody calls prefish', async () => {
    await using t = await loggedIn();
    const { server, home, prefish } = t;
    await server.stop();
    expect(await prefish(['--server', server.url, '-c', '& !echo kept'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('goes out by itself'),
    });
    await server.start();
    const outbox = join(home.prefishHome, 'data', 'outbox');
    const isSent = async (): Promise<boolean> =>
      !(await readdir(outbox)).some((name) => name.endsWith('.json'));
    await until(isSent, 'the line to go out');
    expect((await prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>().tasks).toMatchObject([
      { number: 1, line: '!echo kept' },
    ]);
    const isOver = async (): Promise<boolean> =>
      (await processesWithEnvironment(`PREFISH_HOME=${home.prefishHome}`)).length === 0;
    await until(isOver, 'what has sent it to end');
  });

  test('is waited for while the server is started again', { timeout: 90_000 }, async () => {
    await using t = await loggedIn();
    const { server, home, repository, prefish } = t;
    const start = (...args: readonly string[]): { said: () => string; run: Promise<Run> } => {
      const child = home.spawn(args, { cwd: repository.path, env: server.env });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      return { said: () => said, run: ended(child, args, 80_000) };
    };
    const line = '& --wait --retries 3 !echo begun; sleep 3; echo done';
    const following = start('--server', server.url, '-c', line);
    const [, id] = await until(() => /task 1 submitted \((t\w+)\)/.exec(following.said()), 'its id');
    const waiting = start('tasks', 'wait', id!);
    await until(
      async () => (await prefish(['tasks', 'logs', id!])).stdout.includes('begun'),
      'the task to run',
    );
    await server.stop();
    const [toFollow, toEnd] = ['trying again for 60 s to follow task 1', 'what becomes of task 1 is known'];
    const away = (): boolean => following.said().includes(toFollow) && waiting.said().includes(toEnd);
    await until(away, 'both to say that the server is away');
    const [late, reading] = [start('tasks', 'wait', id!), start('tasks', 'logs', id!, '-f')];
    const tries = (): boolean => [late, reading].every(({ said }) => said().includes('trying again'));
    await until(tries, 'those that came later to say so too');
    await server.start();
    expect(await following.run).toMatchObject({ code: 0, stdout: expect.stringMatching(/done\n$/) });
    expect(await waiting.run).toMatchObject({ code: 0 });
    expect(following.said().split(toFollow)).toHaveLength(2);
    expect(waiting.said().split(toEnd)).toHaveLength(2);
    const logs = await prefish(['tasks', 'logs', id!]);
    expect(logs.stderr).toContain('what follows is of another attempt');
    expect(await late.run).toMatchObject({ code: 0 });
    expect(await reading.run).toMatchObject({ code: 0, stdout: logs.stdout });
    for (const { said } of [late, reading]) expect(said().match(/trying again/g)).toHaveLength(1);
  });

  test('without a login is refused, and says how to log in', async () => {
    await using server = await served();
    await using home = await sandboxHome();
    const repository = await home.repository({ 'a.txt': 'one\n' });
    const prefish = caller(home, server, repository.path);
    const run = await prefish(['--server', server.url, '-c', '& !true']);
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_LOGIN_REQUIRED') });
    expect(run.stderr).toContain(`prefish login ${server.url}`);
    expect(run.stderr).not.toContain('kept');
    expect((await prefish(['tasks', 'ls', '--json'])).json()).toMatchObject({ tasks: [] });
  });

  test('that the login of another day no longer lets in waits for the next one, and goes out with it', async () => {
    await using t = await loggedIn();
    const { server, home, prefish } = t;
    await server.home.prefish(['users', 'revoke', 'ada']);
    const kept = await prefish(['--server', server.url, '-c', '& !echo kept']);
    expect(kept).toMatchObject({ code: 3, stderr: expect.stringContaining('The line is kept') });
    expect((await prefish(['-c', '!true'])).stderr).toBe('');
    const listed = await prefish(['tasks', 'ls']);
    expect(listed).toMatchObject({ code: 3, stdout: expect.stringContaining('!echo kept') });
    expect(listed.stderr).toContain('Remote sessions: ');
    expect(listed.stderr).toContain(`1 line waits for ${server.url}: prefish login ${server.url} first`);
    const again = await prefish(['login', server.url], `${await server.codeFor('ada')}\n`);
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringContaining('waits') });
    const waiting = async (): Promise<string[]> =>
      (await readdir(join(home.prefishHome, 'data', 'outbox'))).filter((name) => name.endsWith('.json'));
    // On a busy machine the login does not wait for what it began to the end; the next command goes on with it.
    const gone = async (): Promise<boolean> => {
      await prefish(['tasks', 'ls']);
      return (await waiting()).length === 0;
    };
    expect((await waiting()).length === 0 || (await until(gone, 'the line to go out'))).toBe(true);
  });
});

/** Looks at the arguments of every process again and again, for a text that must not be there. */
function watchArguments(text: string): { stop(): Promise<string[]> } {
  const found = new Set<string>();
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        if (line.includes(text)) found.add(line.replaceAll('\0', ' '));
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await watching;
      return [...found];
    },
  };
}
