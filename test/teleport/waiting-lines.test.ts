import { PrefishError } from '@prefish/core';
import type { LineResult } from '@prefish/testing';
import { describe, expect, test } from 'vitest';
import { openOutbox } from '../../plugins/teleport/src/outbox/outbox.ts';
import { until } from '../support/until.ts';
import { unreachable, unsteadyServer } from './unsteady-server.ts';

describe('a line that waits', () => {
  test('is the newest task for @last, although the server has older ones', async () => {
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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

  test('is followed once it is sent: that it is not yet is said once, and nothing of a task that goes on somewhere', async () => {
    await using t = await unsteadyServer();
    t.cut = unreachable();
    await using prefish = await t.openShell();
    for (const line of ['sent', 'dropped']) await prefish.submit(`& !echo ${line}`, { origin: 'script' });
    const entries = await openOutbox(t.outbox).list();
    const [sent, dropped] = entries.map(({ request }) => request.id) as [string, string];
    const logs = (id: string, ...options: string[]): Promise<LineResult> =>
      prefish.command('tasks', ['logs', id, ...options]);
    expect(await logs(sent)).toMatchObject({ code: 0 });
    const following = [logs(sent, '-f'), logs(dropped, '-f')];
    const warnings = (): readonly string[] =>
      prefish.events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])).toSorted();
    const notYet = [sent, dropped].map((id) => `${id} is not sent yet: nobody answers; it is waited for`);
    await until(() => warnings().length >= notYet.length, 'both to say that they wait');
    expect(await prefish.command('tasks', ['cancel', dropped])).toMatchObject({ code: 0 });
    t.cut = undefined;
    await prefish.shell.tasks.list({}, AbortSignal.timeout(5000));
    expect((await Promise.all(following)).map(({ code }) => code)).toEqual([0, 0]);
    expect(warnings()).toEqual(notYet.toSorted());
  });

  test('is told of where it was typed, whoever delivers it', async () => {
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
    await using t = await unsteadyServer();
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
