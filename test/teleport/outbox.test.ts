import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PrefishError, type Task } from '@prefish/core';

import type { ServerClient } from '@prefish/protocol/client';
import { testShell, type LineResult, type TestShell, type TestShellOptions } from '@prefish/testing';
import { testServer } from '@prefish/testing/server';
import { describe, expect, test } from 'vitest';
import { shell as shellPlugin } from '../../plugins/shell/src/index.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';
import { deliverKept, teleport } from '../../plugins/teleport/src/index.ts';
import { openOutbox, type OutboxEntry } from '../../plugins/teleport/src/outbox/outbox.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';

/** A repository, a real server whose tasks end at once, and a line to it that can be cut. */
interface Setting extends AsyncDisposable {
  readonly client: ServerClient;
  /** What `connect` rejects with; undefined: it connects. */
  cut: PrefishError | undefined;
  /** How many lines it refuses next, because it takes no more for now. */
  full: number;
  /** What begins a line that it refuses because there is no room for it, for as long as nobody makes some. */
  tooLarge: string | undefined;
  /** Delivers what waits, as the process does that is left behind. Resolves when it has come to its end. */
  deliverKept(): Promise<void>;
  /** The server's folders, and whatever a test puts beside them. */
  readonly folder: string;
  git(...args: readonly string[]): void;
  /** What git has of the files is lost, but for their names. */
  breakObjects(): void;
  openShell(
    options?: Omit<TestShellOptions, 'plugins'>,
    deliverLater?: () => Promise<void>,
  ): Promise<TestShell>;
  waiting(): string[];
  readonly outbox: string;
}

async function setting(): Promise<Setting> {
  const server = await testServer({
    async run(_claim, log) {
      await log.started('none');
      return { exit: { code: 0 } };
    },
  });
  // A shell of its own, for its folder: several shells work in it, one after the other.
  const repository = await testShell({ plugins: [] });
  await repository.write('a', '1\n');
  const connect = async (): Promise<ServerClient> => {
    if (made.cut !== undefined) throw made.cut;
    return server.client;
  };
  const made: Setting = {
    client: server.client,
    cut: undefined,
    full: 0,
    tooLarge: undefined,
    deliverKept: () => deliverKept({ ...server.teleport, connect }, AbortSignal.timeout(20_000)),
    folder: dirname(server.teleport.folders.data),
    outbox: join(server.teleport.folders.data, 'outbox'),
    git: (...args) =>
      void execFileSync('git', args, {
        cwd: repository.cwd,
        env: { PATH: process.env['PATH'], HOME: repository.home },
      }),
    breakObjects() {
      const objects = join(repository.cwd, '.git/objects');
      for (const folder of readdirSync(objects).filter((name) => name.length === 2)) {
        for (const name of readdirSync(join(objects, folder))) {
          rmSync(join(objects, folder, name));
          writeFileSync(join(objects, folder, name), '');
        }
      }
    },
    openShell: (options = {}, deliverLater) =>
      testShell({
        cwd: repository.cwd,
        plugins: [
          shellPlugin(),
          tasks({}),
          teleport({
            ...server.teleport,
            connect,
            ...(deliverLater === undefined ? {} : { deliverLater }),
          }),
        ],
        ...options,
      }),
    waiting: () => readdirSync(made.outbox).filter((name) => name.endsWith('.json')),
    async [Symbol.asyncDispose]() {
      await server.close();
      await repository.close();
    },
  };
  const submit = server.client.submit.bind(server.client);
  server.client.submit = async (...given) => {
    if (made.tooLarge !== undefined && given[0].line.startsWith(made.tooLarge)) {
      throw new PrefishError('PREFISH_LIMIT', 'ada has 20 GB on this server.');
    }
    if (made.full === 0) return submit(...given);
    made.full -= 1;
    throw new PrefishError('PREFISH_LIMIT', 'ada has 4 tasks; no more are taken.', { retryAfter: 30 });
  };
  made.git('init', '-q', '-b', 'main');
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
    const [listing] = await first.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(listing?.tasks).toMatchObject([
      { line: '!echo kept', state: 'submitted', reason: expect.stringMatching(/^not-delivered: /) },
    ]);
    await first.shell.tasks.list({}, AbortSignal.timeout(5000));
    const complaints = first.events.filter(
      (event) => event.type === 'warning' && event.message.includes('waits for'),
    );
    expect(complaints).toHaveLength(1);
    expect(complaints).toMatchObject([
      {
        message: expect.stringMatching(
          /^1 line waits for this machine: nobody answers · prefish tasks cancel t\w+ drops it$/,
        ),
      },
    ]);
    await first.close();

    t.git('rm', '-q', '--cached', 'a');
    t.git('gc', '-q', '--prune=now');
    t.cut = undefined;
    await using second = await t.openShell();
    await using third = await t.openShell();
    await Promise.all([second, third].map(({ shell }) => shell.tasks.list({}, AbortSignal.timeout(5000))));
    await until(async () => (await t.client.list()).tasks[0]?.state === 'completed', 'the task to end');
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo kept' }]);
    expect(t.waiting()).toEqual([]);
  });

  test('is kept also where what it takes along cannot be copied, which is said beside why it waits', async () => {
    await using t = await setting();
    t.git('add', 'a');
    t.breakObjects();
    t.cut = unreachable();
    await using prefish = await t.openShell();
    const settled = await prefish.submit('& !echo kept', { origin: 'script' });
    expect(settled).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_SERVER_UNREACHABLE', hint: expect.stringContaining('kept') },
    });
    expect(prefish.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'PREFISH_SNAPSHOT_FAILED',
        message: expect.stringMatching(/^!echo kept waits, and what it takes along could not be copied: /),
        hint: expect.stringContaining('git gc --prune'),
      }),
    );
    expect(t.waiting()).toHaveLength(1);
  });

  test('is made safe by the next prefish, where that of the line was killed before it could', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using first = await t.openShell();
    await first.submit('& !echo kept', { origin: 'script' });
    const outbox = openOutbox(t.outbox);
    const [{ pinned: _, ...entry }] = (await outbox.list()) as [OutboxEntry];
    const pin = `refs/prefish/outbox/${entry.request.id}`;
    const inShadow = (...args: string[]): string =>
      execFileSync('git', ['--git-dir', entry.shadow, ...args], { encoding: 'utf8' });
    inShadow('update-ref', '-d', pin);
    await outbox.write(entry);
    await using second = await t.openShell();
    await second.shell.tasks.list({}, AbortSignal.timeout(5000));
    await until(
      async () =>
        (await outbox.read(entry.request.id))?.pinned === true && inShadow('for-each-ref', pin) !== '',
      'the line to be safe',
    );
  });

  test('is dropped when the server refuses it, with the server’s own words', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    const settled = await prefish.submit('& --after 99 !true', { origin: 'script' });
    expect(settled).toMatchObject({ exit: { code: 4 }, result: { code: 'PREFISH_TASK_NOT_FOUND' } });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('from the prompt frees the prompt; what the server refuses stays in the list with the reason', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell({ terminal: true });
    const settled = await prefish.submit('& !echo later', { origin: 'typed' });
    expect(settled.result).toMatchObject({
      type: 'task',
      task: { state: 'submitted', reason: 'not-delivered' },
    });
    await until(
      async () =>
        prefish.events.some((event) => event.type === 'warning' && event.message.includes('!echo later')),
      'the warning',
    );
    t.cut = undefined;
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo later' }]);
  });
});

describe('a line from the prompt', () => {
  test('that cannot be delivered is sent by itself once the server is back', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell({ terminal: true });
    await prefish.submit('& !echo later', { origin: 'typed' });
    const warned = (): boolean =>
      prefish.events.some((event) => event.type === 'warning' && event.message.includes('Not delivered yet'));
    await until(async () => warned(), 'the warning');
    t.cut = undefined;
    await until(async () => (await t.client.list()).tasks.length === 1, 'the line to arrive');
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo later' }]);
    await until(async () => t.waiting().length === 0, 'the outbox to be empty');
  });

  test('is listed with how far its upload is; to cancel it ends that and forgets the line', async () => {
    await using t = await setting();
    const bin = join(t.folder, 'bin');
    const pid = join(t.folder, 'pid');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const said = 'Writing objects:  40% (2/5), 1.20 MiB | 1.00 MiB/s';
    const push = `echo $$ >${pid}; printf '%s\\r' '${said}' >&2; exec sleep 1000`;
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'git'),
      `#!/bin/sh\ncase " $* " in *" push "*) ${push};; esac\nexec ${real} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    await using prefish = await t.openShell({
      terminal: true,
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    await prefish.submit('& !echo never', { origin: 'typed' });
    const list = async (): Promise<readonly Task[]> =>
      (await prefish.shell.tasks.list({}, AbortSignal.timeout(5000)))[0]?.tasks ?? [];
    await until(async () => (await list())[0]?.reason === 'uploading 40%, 1.2 MB', 'the progress');
    await using other = await t.openShell();
    const elsewhere = async (): Promise<boolean> =>
      (await other.shell.tasks.find('@last', AbortSignal.timeout(5000))).task.reason ===
      'uploading 40%, 1.2 MB';
    await until(elsewhere, 'another prefish to show it too');
    const [task] = await list();
    expect(task).toMatchObject({ state: 'submitted', line: '!echo never' });
    const canceled = await prefish.submit(`/tasks cancel ${task!.id}`, { origin: 'typed' });
    expect(canceled).toMatchObject({ result: { message: expect.stringContaining('was not sent') } });
    expect(await list()).toEqual([]);
    expect(t.waiting()).toEqual([]);
    await until(async () => !isAlive(Number(readFileSync(pid, 'utf8'))), 'the push to end');
  });
});

describe('a line that waits', () => {
  test('is the newest task for @last, although the server has older ones', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    await prefish.submit('& !echo delivered', { origin: 'script' });
    t.cut = unreachable();
    await prefish.submit('& !echo kept', { origin: 'script' });
    t.cut = undefined;
    // Somebody else is delivering it.
    const [name] = t.waiting();
    await openOutbox(t.outbox).hold(name!.replace('.json', ''), async () => {
      const found = await prefish.shell.tasks.find('@last', AbortSignal.timeout(5000));
      expect(found.task.line).toBe('!echo kept');
    });
  });

  test('goes before those that were submitted after it, also where room for one comes up meanwhile', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    t.cut = unreachable();
    for (const line of ['one', 'two']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    t.cut = undefined;
    t.full = 1;
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(t.waiting()).toHaveLength(2);
    t.full = 1;
    expect(await prefish.submit('& !echo three', { origin: 'script' })).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_LIMIT', hint: expect.stringContaining('kept') },
    });
    expect(t.waiting()).toHaveLength(3);
    await prefish.submit('& !echo four', { origin: 'script' });
    expect((await t.client.list()).tasks.map(({ number, line }) => `${number} ${line}`)).toEqual([
      '4 !echo four',
      '3 !echo three',
      '2 !echo two',
      '1 !echo one',
    ]);
  });

  test('holds up nobody while it meets a limit that lasts, and is listed with it', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    t.cut = unreachable();
    for (const line of ['large', 'one', 'two']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    t.cut = undefined;
    t.tooLarge = '!echo large';
    expect(await prefish.submit('& !echo three', { origin: 'script' })).toMatchObject({ exit: { code: 0 } });
    expect((await t.client.list()).tasks.map(({ line }) => line)).toEqual([
      '!echo three',
      '!echo two',
      '!echo one',
    ]);
    expect((await prefish.command('tasks', ['ls'])).data).toMatchObject({
      tasks: expect.arrayContaining([
        expect.objectContaining({
          line: '!echo large',
          state: 'submitted',
          reason: 'not-delivered, no room: ada has 20 GB on this server.',
        }),
      ]),
    });
    t.tooLarge = undefined;
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(t.waiting()).toEqual([]);
  });

  test('does not hide that its server could not be asked', async () => {
    await using t = await setting();
    t.cut = new PrefishError('PREFISH_SERVER_START', 'it does not start');
    await using prefish = await t.openShell();
    await prefish.submit('& !echo kept', { origin: 'script' });
    expect(await prefish.command('tasks', ['ls'])).toMatchObject({
      code: 3,
      data: {
        tasks: [{ line: '!echo kept' }],
        warnings: [{ source: 'server', code: 'PREFISH_SERVER_START' }],
      },
    });
  });

  test('is dropped by cancel alone: rm @last is the newest task that has ended', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    await prefish.submit('& --wait !echo ended', { origin: 'script' });
    const [ended] = (await t.client.list()).tasks;
    t.cut = new PrefishError('PREFISH_SERVER_START', 'it does not start');
    await prefish.submit('& !echo kept', { origin: 'script' });
    const id = t.waiting()[0]!.replace('.json', '');
    const away = await prefish.command('tasks', ['rm', '@last']);
    expect(away).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_AMBIGUOUS' } });
    expect(await prefish.command('tasks', ['rm', id])).toMatchObject({
      code: 2,
      error: {
        code: 'PREFISH_TASK_STATE',
        message: `${id} has not been sent yet`,
        hint: `prefish tasks cancel ${id} drops it`,
      },
    });
    expect(t.waiting()).toHaveLength(1);
    t.cut = undefined;
    // Somebody else is delivering it.
    const removed = await openOutbox(t.outbox).hold(id, () => prefish.command('tasks', ['rm', '@last']));
    expect(removed).toMatchObject({ code: 0, data: { removed: ended!.id } });
    expect(t.waiting()).toHaveLength(1);
  });

  test('is waited for with --wait, which a limit of the server ends', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell();
    const waiting = prefish.submit('& --wait --attempts 2 !echo waited', { origin: 'script' });
    const told = (): boolean =>
      prefish.events.some(
        (event) => event.type === 'warning' && event.message.includes('go out once it answers'),
      );
    await until(told, 'it to say so');
    t.cut = undefined;
    expect(await waiting).toMatchObject({ exit: { code: 0 } });
    expect((await t.client.list()).tasks).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
    expect(t.waiting()).toEqual([]);
    t.full = 1;
    expect(await prefish.submit('& --wait !echo full', { origin: 'script' })).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_LIMIT', hint: expect.stringContaining('kept') },
    });
  });

  test('is followed once it is sent, without a word of a task that goes on somewhere', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell();
    for (const line of ['sent', 'dropped']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    const entries = await openOutbox(t.outbox).list();
    const [sent, dropped] = entries.map(({ request }) => request.id) as [string, string];
    const logs = (id: string, ...options: string[]): Promise<LineResult> =>
      prefish.command('tasks', ['logs', id, ...options]);
    expect(await logs(sent)).toMatchObject({ code: 0 });
    const following = [logs(sent, '-f'), logs(dropped, '-f')];
    expect(await prefish.command('tasks', ['cancel', dropped])).toMatchObject({ code: 0 });
    t.cut = undefined;
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect((await Promise.all(following)).map(({ code }) => code)).toEqual([0, 0]);
    const warnings = prefish.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings).toEqual([]);
  });

  test('is told of where it was typed, whoever delivers it', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell({ terminal: true });
    await prefish.submit('& !echo later', { origin: 'typed' });
    const warned = (): boolean => prefish.events.some((event) => event.type === 'warning');
    await until(warned, 'the warning');
    await using other = await t.openShell();
    t.cut = undefined;
    await other.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(t.waiting()).toEqual([]);
    await until(
      () =>
        prefish.notices.some((notice) => notice.startsWith('task 1 submitted')) &&
        prefish.notices.some((notice) => notice.startsWith('task 1 completed')),
      'its number and its end',
    );
  });

  test('may be one of several attempts: those that were sent are named', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    const { submit } = t.client;
    t.client.submit = async (request, signal) => {
      if ((request.group?.index ?? 1) > 2) t.full = 1;
      return submit(request, signal);
    };
    const settled = await prefish.submit('& --attempts 4 !echo full', { origin: 'script' });
    t.client.submit = submit;
    const kept = t.waiting().map((name) => name.replace('.json', ''));
    expect(settled).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_LIMIT', hint: expect.stringMatching(/^2 lines are kept \(t\w+ t\w+\)/) },
    });
    for (const id of kept) expect((settled.result as PrefishError).hint).toContain(id);
    const sent = prefish.events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    expect(sent).toEqual(['submitted', 'submitted']);
    expect(prefish.events).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('tasks 1–2 submitted') }),
    );
  });

  test('is said in one line, however many of them wait', async () => {
    await using t = await setting();
    t.cut = unreachable();
    await using prefish = await t.openShell();
    await prefish.submit('& --attempts 3 !echo kept', { origin: 'script' });
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    const said = prefish.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(said.filter((message) => message.includes('not deliver') || message.includes('wait'))).toEqual([
      expect.stringMatching(/^3 lines wait for this machine: nobody answers · /),
    ]);
  });
});

describe('what a prefish that has ended left undelivered', () => {
  test('is delivered by a process of its own once the server is back', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    t.cut = unreachable();
    for (const line of ['one', 'two']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    await prefish.close();
    const delivering = [t.deliverKept(), t.deliverKept()];
    // The second one leaves it to the first.
    await Promise.race(delivering);
    expect(t.waiting()).toHaveLength(2);
    t.cut = undefined;
    await Promise.all(delivering);
    expect((await t.client.list()).tasks.map(({ number, line }) => `${number} ${line}`)).toEqual([
      '2 !echo two',
      '1 !echo one',
    ]);
    expect(t.waiting()).toEqual([]);
  });

  test('is left where only the user can do something about it', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    t.cut = unreachable();
    for (const line of ['large', 'small']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    t.cut = new PrefishError('PREFISH_LOGIN_REQUIRED', 'this token was revoked');
    await t.deliverKept();
    expect(t.waiting()).toHaveLength(2);
    t.cut = undefined;
    t.tooLarge = '!echo large';
    await t.deliverKept();
    expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo small' }]);
    expect(t.waiting()).toHaveLength(1);
  });

  test('is handed over when it ends, and told so', async () => {
    await using t = await setting();
    let handedOver = 0;
    await using prefish = await t.openShell({}, async () => void (handedOver += 1));
    await prefish.submit('& !echo sent', { origin: 'script' });
    await prefish.close();
    expect(handedOver).toBe(0);
    await using other = await t.openShell({}, async () => void (handedOver += 1));
    t.cut = unreachable();
    const { result } = await other.submit('& !echo kept', { origin: 'script' });
    expect(result).toMatchObject({ hint: expect.stringContaining('goes out by itself, once it can') });
    await other.close();
    expect(handedOver).toBe(1);
  });
});

describe('a line that cannot run in a task', () => {
  test.each([
    ['& npm test', 'PREFISH_NO_OWNER', '& !npm test'],
    ['&', 'PREFISH_USAGE', '!npm test'],
    ['&   ', 'PREFISH_USAGE', '!npm test'],
    ['& & !true', 'PREFISH_TELEPORT_NESTED', '&'],
    ['& --frob !true', 'PREFISH_OPTION_UNKNOWN', '--'],
    ['& --attempts 0 !true', 'PREFISH_USAGE', ''],
    ['& --timeout 5m !true', 'PREFISH_USAGE', '--timeout 300'],
    ['& --timeout 0 !true', 'PREFISH_USAGE', '--timeout 300'],
    ['& --carry ../x !true', 'PREFISH_USAGE', ''],
  ])('%s is refused before anything is sent', async (line, code, hint) => {
    await using t = await setting();
    await using prefish = await t.openShell();
    const { result, exit } = await prefish.submit(line, { origin: 'script' });
    expect(result).toMatchObject({ code });
    expect(`${(result as PrefishError).hint ?? ''}`).toContain(hint);
    expect(exit).toEqual({ code: 2 });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('nor does any line inside a task', async () => {
    await using t = await setting();
    await using prefish = await t.openShell();
    prefish.shell.session.setEnv({ ...prefish.shell.session.env, PREFISH_TASK: 'tabc' });
    expect(await prefish.submit('& !true', { origin: 'script' })).toMatchObject({
      exit: { code: 2 },
      result: { code: 'PREFISH_TELEPORT_NESTED' },
    });
  });
});
