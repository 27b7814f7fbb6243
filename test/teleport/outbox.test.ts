import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrefishError, type Event, type Task } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { openOutbox, type OutboxEntry } from '../../plugins/teleport/src/outbox/outbox.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { unreachable, unsteadyServer } from './unsteady-server.ts';

describe('a line that cannot be delivered', () => {
  test('is kept through gc --prune=now, listed, and delivered once by the next prefish', async () => {
    await using t = await unsteadyServer();
    t.git('add', 'a');
    t.cut = unreachable();
    await using first = await t.openShell();
    const settled = await first.submit('& !echo kept', { origin: 'script' });
    expect(settled).toMatchObject({
      exit: { code: 3 },
      result: { code: 'PREFISH_SERVER_UNREACHABLE', hint: expect.stringContaining('kept') },
    });
    expect(t.waiting()).toHaveLength(1);
    const complaints = (): readonly Event[] =>
      first.events.filter((event) => event.type === 'warning' && event.message.includes('waits for'));
    // A list that is kept up to date shows it: said once it is left, it might be over.
    await first.shell.tasks.list({ counts: true }, AbortSignal.timeout(5000));
    expect(complaints()).toEqual([]);
    const [listing] = await first.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(listing?.tasks).toMatchObject([
      { line: '!echo kept', state: 'submitted', reason: expect.stringMatching(/^not-delivered: /) },
    ]);
    await first.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect(complaints()).toMatchObject([
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
    await using prefish = await t.openShell();
    const settled = await prefish.submit('& --after 99 !true', { origin: 'script' });
    expect(settled).toMatchObject({ exit: { code: 4 }, result: { code: 'PREFISH_TASK_NOT_FOUND' } });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('from the prompt frees the prompt; what the server refuses stays in the list with the reason', async () => {
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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

test.each([
  ['reaches the server', undefined],
  ['meets one that is away', unreachable()],
])('a line that another prefish cancels while it %s goes nowhere', async (_, error) => {
  await using t = await unsteadyServer();
  await using sending = await t.openShell();
  await using other = await t.openShell();
  const [submit, cancel] = [t.client.submit.bind(t.client), t.client.cancel.bind(t.client)];
  const canceled: string[] = [];
  t.client.cancel = (id, signal) => (canceled.push(id), cancel(id, signal));
  t.client.submit = async (request, signal) => {
    const { result } = await other.submit(`/tasks cancel ${request.id}`, { origin: 'script' });
    expect(result).toMatchObject({ message: `${request.id} was not sent` });
    if (error !== undefined) throw error;
    return submit(request, signal);
  };
  const { result } = await sending.submit('& !echo never', { origin: 'script' });
  expect(result).toMatchObject({ code: 'PREFISH_INTERRUPTED' });
  expect(t.waiting()).toEqual([]);
  const sent = (await t.client.list()).tasks.map(({ id }) => id);
  expect(canceled).toEqual(sent);
  expect(sent).toHaveLength(error === undefined ? 1 : 0);
});

describe('what a prefish that has ended left undelivered', () => {
  test('is delivered by a process of its own once the server is back', async () => {
    await using t = await unsteadyServer();
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

  test.each(['a process of its own', 'the next prefish'])(
    'goes to the other servers by %s, where one line names none',
    async (by) => {
      await using t = await unsteadyServer();
      await using prefish = await t.openShell();
      t.cut = unreachable();
      for (const line of ['lost', 'kept']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
      await prefish.close();
      t.cut = undefined;
      const [lost] = await openOutbox(t.outbox).list();
      await openOutbox(t.outbox).write({ ...lost!, server: 'htps:/nowhere' });
      if (by === 'a process of its own') await t.deliverKept();
      await using next = await t.openShell();
      if (by !== 'a process of its own') {
        await until(() => t.waiting().length === 1, 'the line that names a server to be sent');
        await until(async () => {
          const [entry] = await openOutbox(t.outbox).list();
          return entry?.problem !== undefined;
        }, 'the other one to be marked');
      }
      expect((await t.client.list()).tasks).toMatchObject([{ line: '!echo kept' }]);
      expect((await next.command('tasks', ['ls'])).data).toMatchObject({
        tasks: expect.arrayContaining([
          expect.objectContaining({
            line: '!echo lost',
            reason: expect.stringContaining('There is no server htps:/nowhere'),
          }),
        ]),
      });
    },
  );

  test('is left where only the user can do something about it', async () => {
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
