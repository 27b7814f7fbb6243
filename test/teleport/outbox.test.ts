import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell, PrefishError, type Event, type Host, type Shell } from '@prefish/core';
import { ServerClient, createHttpTransport } from '@prefish/protocol/client';
import { describe, expect, test } from 'vitest';
import { startServer } from '../../packages/server/src/index.ts';
import { shell as shellPlugin } from '../../plugins/shell/src/index.ts';
import { teleport } from '../../plugins/teleport/src/index.ts';
import { until } from '../support/until.ts';

/** A repository, a real server whose tasks end at once, and a line to it that can be cut. */
interface Setting extends AsyncDisposable {
  readonly repository: string;
  readonly events: Event[];
  readonly client: ServerClient;
  /** What `connect` rejects with; undefined: it connects. */
  cut: PrefishError | undefined;
  git(...args: readonly string[]): void;
  openShell(host?: Host): Promise<Shell>;
  waiting(): string[];
}

async function setting(): Promise<Setting> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-outbox-')));
  const repository = join(root, 'repository');
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, SHELL: '/bin/bash' };
  execFileSync('git', ['init', '-q', '-b', 'main', repository], { env });
  writeFileSync(join(repository, 'a'), '1\n');
  const socketPath = join(root, 'run', 's');
  const server = await startServer({
    folder: join(root, 'server'),
    socketPath,
    version: '0.0.0',
    place: 'this machine',
    offer: async () => ({
      runtime: { mounts: [], command: ['false'], hostCommand: ['false'], arguments: [] },
      prefixes: [{ id: 'shell', token: '!' }],
    }),
    log: () => {},
    async run(_claim, log) {
      await log.started('none');
      return { exit: { code: 0 } };
    },
  });
  const client = new ServerClient(createHttpTransport({ socketPath }));
  const events: Event[] = [];
  const folders = { cache: join(root, 'cache'), data: join(root, 'data') };
  const made: Setting = {
    repository,
    events,
    client,
    cut: undefined,
    git: (...args) => void execFileSync('git', args, { cwd: repository, env }),
    openShell: (host = {}) =>
      createShell({
        cwd: repository,
        env,
        host: { event: (event) => events.push(event), ...host },
        plugins: [
          shellPlugin(),
          teleport({
            folders,
            connect: async () => {
              if (made.cut !== undefined) throw made.cut;
              return client;
            },
          }),
        ],
      }),
    waiting: () => readdirSync(join(folders.data, 'outbox')).filter((name) => name.endsWith('.json')),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return made;
}

const unreachable = (): PrefishError => new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');

describe('a line that cannot be delivered', () => {
  test('is kept through gc --prune=now, listed, and delivered once by the next prefish', async () => {
    await using t = await setting();
    t.git('add', 'a');
    t.cut = unreachable();
    await using first = await t.openShell();
    const settled = await first.submit('& !echo kept', { origin: 'script' });
    expect(settled).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_SERVER_UNREACHABLE', hint: expect.stringContaining('kept') },
    });
    expect(t.waiting()).toHaveLength(1);
    const [listing] = await first.tasks.list({}, AbortSignal.timeout(5000));
    expect(listing?.tasks).toMatchObject([
      { line: '!echo kept', state: 'submitted', reason: 'not-delivered' },
    ]);
    await first.close();

    t.git('rm', '-q', '--cached', 'a');
    t.git('gc', '-q', '--prune=now');
    t.cut = undefined;
    await using second = await t.openShell();
    await using third = await t.openShell();
    await Promise.all([second, third].map((shell) => shell.tasks.list({}, AbortSignal.timeout(5000))));
    await until(async () => (await t.client.list()).tasks[0]?.state === 'completed', 'the task to end');
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo kept' }]);
    expect(t.waiting()).toEqual([]);
  });

  test('is dropped when the server refuses it, with the server’s own words', async () => {
    await using t = await setting();
    await using shell = await t.openShell();
    const settled = await shell.submit('& --network allowlist !true', { origin: 'script' });
    expect(settled).toMatchObject({ exit: { code: 2 }, result: { code: 'PREFISH_NETWORK_UNSUPPORTED' } });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('from the prompt frees the prompt; what the server refuses stays in the list with the reason', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using shell = await t.openShell({ terminal: { columns: 80, rows: 24 } });
    const settled = await shell.submit('& !echo later', { origin: 'typed' });
    expect(settled.result).toMatchObject({
      type: 'task',
      task: { state: 'submitted', reason: 'not-delivered' },
    });
    await until(
      async () => t.events.some((event) => event.type === 'warning' && event.message.includes('!echo later')),
      'the warning',
    );
    t.cut = undefined;
    await shell.tasks.list({}, AbortSignal.timeout(5000));
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo later' }]);
  });
});

describe('a line that cannot run in a task', () => {
  test.each([
    ['& npm test', 'PREFISH_NO_OWNER', '& !npm test'],
    ['&', 'PREFISH_USAGE', '!npm test'],
    ['&   ', 'PREFISH_USAGE', '!npm test'],
    ['& & !true', 'PREFISH_TELEPORT_NESTED', '&'],
    ['& --frob !true', 'PREFISH_OPTION_UNKNOWN', '--'],
    ['& --attempts 3 !true', 'PREFISH_USAGE', ''],
    ['& --timeout soon !true', 'PREFISH_USAGE', ''],
    ['& --carry ../x !true', 'PREFISH_USAGE', ''],
  ])('%s is refused before anything is sent', async (line, code, hint) => {
    await using t = await setting();
    await using shell = await t.openShell();
    const { result, exit } = await shell.submit(line, { origin: 'script' });
    expect(result).toMatchObject({ code });
    expect(`${(result as PrefishError).hint ?? ''}`).toContain(hint);
    expect(exit).toEqual({ code: 2 });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('nor does any line inside a task', async () => {
    await using t = await setting();
    await using shell = await t.openShell();
    shell.session.setEnv({ ...shell.session.env, PREFISH_TASK: 'tabc' });
    expect(await shell.submit('& !true', { origin: 'script' })).toMatchObject({
      exit: { code: 2 },
      result: { code: 'PREFISH_TELEPORT_NESTED' },
    });
  });
});
