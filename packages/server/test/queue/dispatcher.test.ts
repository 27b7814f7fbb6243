import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrefishError, type Event, type SubmitTask } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Dispatcher, type DispatcherOptions } from '../../src/queue/dispatcher.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { RunAttempt } from '../../src/worker/attempt.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';
import { runInShell } from '../fixtures/shell-attempt.ts';
import { until } from '../fixtures/until.ts';

describe('Dispatcher', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;
  let dispatcher: Dispatcher;
  beforeEach(() => {
    folder = temporaryFolder();
    store = openSqliteStore({ path: join(folder.path, 'tasks.db') });
  });
  afterEach(async () => {
    await dispatcher.close();
    await store.close();
    folder[Symbol.dispose]();
  });

  function start(changes: Partial<DispatcherOptions> = {}): void {
    dispatcher = new Dispatcher({ store, run: runInShell, concurrency: 2, log: () => {}, ...changes });
    dispatcher.start();
  }
  async function submit(line: string, options: SubmitTask['options'] = {}): Promise<string> {
    const { task } = await store.submit(request({ line, options }), {
      owner: '',
      place: 'here',
      sandbox: 'none',
    });
    return task.id;
  }
  const stateOf = async (id: string) => (await store.get(id)).task.state;
  const ended = (id: string) =>
    until(async () => {
      const { task } = await store.get(id);
      return task.endedAt !== undefined && task;
    });
  const eventsOf = (id: string): Promise<readonly Event[]> => store.events(id, 0, 1000);
  const outputOf = async (id: string): Promise<string> =>
    (await eventsOf(id)).flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');
  const flag = (name: string): string => join(folder.path, name);

  test('runs what was submitted before and after its start, and tells how it ended', async () => {
    const before = await submit('!true');
    start();
    const after = await submit('!exit 7');
    const signalled = await submit('!kill -KILL $$');
    expect(await ended(before)).toMatchObject({ state: 'completed', exit: { code: 0 } });
    expect(await ended(after)).toMatchObject({ state: 'failed', exit: { code: 7 } });
    expect(await ended(signalled)).toMatchObject({ state: 'failed', exit: { signal: 'SIGKILL' } });
  });

  test('what was said to an attempt that was lost is told to the next one', async () => {
    const listens: RunAttempt = async ({ attempt }, log, input) => {
      await log.started('none');
      for await (const line of input) {
        if (line.type !== 'message') continue;
        if (attempt === 1) throw new PrefishError('PREFISH_STALE_ATTEMPT', 'lost');
        await log.append([{ type: 'output', stream: 'stdout', text: `${line.text}\n` }]);
        if (line.text === 'stop') return { exit: { code: 0 } };
      }
      return { exit: { code: 1 } };
    };
    start({ run: listens, lease: { seconds: 0.2, beatSeconds: 10 } });
    const id = await submit('listen', { retries: 1 });
    await until(async () => (await store.get(id)).started);
    await dispatcher.send(id, { type: 'message', text: 'first' });
    await until(async () => (await store.get(id)).task.attempt === 2, 30);
    await until(async () => (await outputOf(id)) === 'first\n');
    await dispatcher.send(id, { type: 'message', text: 'stop' });
    expect(await ended(id)).toMatchObject({ state: 'completed', attempt: 2 });
  });

  test('runs as many at once as it may, oldest first', async () => {
    start({ concurrency: 2 });
    const wait = `!until [ -e ${flag('go')} ]; do sleep 0.02; done`;
    const ids = [await submit(wait), await submit(wait), await submit(wait)];
    await until(async () => (await store.counts()).working === 2);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['working', 'working', 'submitted']);
    writeFileSync(flag('go'), '');
    for (const id of ids) expect((await ended(id)).state).toBe('completed');
  });

  test('a task that waits for a person holds no worker; one that was answered goes on beside the others', async () => {
    const asksThenRuns: RunAttempt = async (claim, log, input, signal) => {
      if (claim.request.line !== 'ask') return runInShell(claim, log, input, signal);
      await log.started('none');
      await log.append([{ type: 'question', id: 'q1', text: 'Go on?', choices: ['yes', 'no'] }]);
      for await (const line of input) if (line.type === 'answer') break;
      return { exit: { code: 0 } };
    };
    start({ run: asksThenRuns, concurrency: 1 });
    const asking = [await submit('ask'), await submit('ask')];
    for (const id of asking) await until(async () => (await stateOf(id)) === 'input-required');
    expect(dispatcher.workers).toEqual({ busy: 0, all: 1 });
    const long = await submit(`!until [ -e ${flag('go')} ]; do sleep 0.02; done`);
    const next = await submit('!true');
    await until(async () => (await stateOf(long)) === 'working');
    expect(dispatcher.workers).toEqual({ busy: 1, all: 1 });
    expect(await stateOf(next)).toBe('submitted');
    for (const id of asking) await dispatcher.send(id, { type: 'answer', question: 'q1', choice: 'yes' });
    for (const id of asking) expect((await ended(id)).state).toBe('completed');
    writeFileSync(flag('go'), '');
    expect((await ended(next)).state).toBe('completed');
  });

  test('only so many may wait for a person: the rest hold workers', async () => {
    const asks: RunAttempt = async (_claim, log, _input, signal) => {
      await log.started('none');
      await log.append([{ type: 'question', id: 'q1', text: 'Go on?', choices: [] }]);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { exit: { code: 0 } };
    };
    start({ run: asks, concurrency: 1 });
    const ids = [];
    for (let count = 0; count < 34; count += 1) ids.push(await submit('ask'));
    for (const id of ids.slice(0, 33)) await until(async () => (await stateOf(id)) === 'input-required');
    expect(dispatcher.workers).toEqual({ busy: 1, all: 1 });
    expect(await stateOf(ids[33]!)).toBe('submitted');
  });

  test('a task runs once what it waits for has completed', async () => {
    start();
    const first = await submit(
      `!until [ -e ${flag('go')} ]; do sleep 0.02; done; echo first >> ${flag('order')}`,
    );
    const second = await submit(`!echo second >> ${flag('order')}`, { after: [first] });
    await until(async () => (await stateOf(first)) === 'working');
    expect(await stateOf(second)).toBe('submitted');
    writeFileSync(flag('go'), '');
    expect((await ended(second)).state).toBe('completed');
    expect(readFileSync(flag('order'), 'utf8')).toBe('first\nsecond\n');
  });

  test('cancel is felt at once and leaves no process', async () => {
    start();
    const id = await submit('!setsid sleep 600 & echo $!; sleep 600');
    const pid = Number(await until(async () => (await outputOf(id)) || undefined));
    const begun = performance.now();
    await store.requestCancel(id);
    expect(await ended(id)).toMatchObject({ state: 'canceled', reason: 'canceled' });
    expect(performance.now() - begun).toBeLessThan(10_000);
    await until(
      () => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '),
    );
  });

  test('a timeout ends the task', async () => {
    start();
    const id = await submit('!sleep 600', { timeout: 0.2 });
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      reason: 'timeout',
      exit: { signal: 'SIGKILL' },
    });
  });

  test('what comes before the line may not take for ever either', async () => {
    const neverReady: RunAttempt = (_claim, _log, _input, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    start({ run: neverReady, preparation: 0.2 });
    const id = await submit('!true', { timeout: 3600 });
    expect(await ended(id)).toMatchObject({ state: 'failed', reason: 'workspace-failed' });
    const late = await submit('!sleep 0.5');
    await dispatcher.close();
    start({ preparation: 0.3 });
    expect(await ended(late)).toMatchObject({ state: 'completed' });
  });

  test.each([
    ['PREFISH_LIMIT', 'limit'],
    ['PREFISH_CREDENTIAL_MISSING', 'credential-missing'],
    ['PREFISH_NO_SPACE', 'no-space'],
    ['PREFISH_WORKSPACE_FAILED', 'workspace-failed'],
    ['PREFISH_SANDBOX_MISSING', 'sandbox-missing'],
  ] as const)('an attempt that breaks with %s fails with the reason %s', async (code, reason) => {
    const breaks: RunAttempt = () => Promise.reject(new PrefishError(code, 'it broke', { hint: 'mend it' }));
    start({ run: breaks });
    const id = await submit('!true');
    expect(await ended(id)).toMatchObject({ state: 'failed', reason });
    expect((await eventsOf(id)).slice(-2)).toMatchObject([
      { type: 'error', code, message: 'it broke', hint: 'mend it' },
      { type: 'state', state: 'failed', reason },
    ]);
  });

  test('a message that the line takes is in the transcript once; of one that it never takes, the transcript says so', async () => {
    const takesOne: RunAttempt = async (_claim, log, input) => {
      await log.started('none');
      for await (const line of input) {
        if (line.type === 'answer') break;
        await log.append([{ type: 'message', role: 'user', text: line.text }]);
        await log.append([{ type: 'question', id: 'q1', text: 'Enough?', choices: ['yes'] }]);
      }
      await until(() => Promise.resolve(existsSync(flag('go'))));
      return { exit: { code: 0 } };
    };
    start({ run: takesOne });
    const id = await submit('a task');
    await until(async () => (await stateOf(id)) === 'working');
    await dispatcher.send(id, { type: 'message', text: 'first' });
    await until(async () => (await stateOf(id)) === 'input-required');
    await dispatcher.send(id, { type: 'answer', question: 'q1', choice: 'yes' });
    await dispatcher.send(id, { type: 'message', text: 'second' });
    writeFileSync(flag('go'), '');
    await ended(id);
    const events = await eventsOf(id);
    expect(events.filter(({ type }) => type === 'message' || type === 'turn')).toMatchObject([
      { role: 'user', text: 'first', waits: true },
      { type: 'turn' },
      { role: 'user', text: 'second', waits: true },
    ]);
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'PREFISH_MESSAGE_UNREAD', message: expect.stringContaining('“second”') },
    ]);
  });

  test('messages and answers reach the line; a question waits for its answer', async () => {
    const asks: RunAttempt = async (_claim, log, input) => {
      await log.started('none');
      await log.append([{ type: 'question', id: 'q1', text: 'Really?', choices: ['yes', 'no'] }]);
      for await (const line of input) {
        await log.append([{ type: 'output', stream: 'stdout', text: JSON.stringify(line) }]);
        if (line.type === 'answer') break;
      }
      return { exit: { code: 0 } };
    };
    start({ run: asks });
    const id = await submit('a task');
    await until(async () => (await stateOf(id)) === 'input-required');
    await dispatcher.send(id, { type: 'message', text: 'hello' });
    await expect(
      dispatcher.send(id, { type: 'answer', question: 'q2', choice: 'yes' }),
    ).rejects.toMatchObject({
      code: 'PREFISH_TASK_STATE',
    });
    await dispatcher.send(id, { type: 'answer', question: 'q1', choice: 'yes' });
    expect((await ended(id)).state).toBe('completed');
    expect(await outputOf(id)).toBe(
      '{"type":"message","text":"hello"}{"type":"answer","question":"q1","choice":"yes"}',
    );
    expect(await eventsOf(id)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ type: 'message', role: 'user', text: 'hello' }),
        expect.objectContaining({ type: 'answer', id: 'q1', choice: 'yes', by: 'user' }),
      ]),
    );
    await expect(dispatcher.send(id, { type: 'message', text: 'late' })).rejects.toMatchObject({
      code: 'PREFISH_TASK_STATE',
    });
  });

  test('an answer says which question it is for, where an earlier attempt asked one of the same id', async () => {
    const asks: RunAttempt = async ({ attempt }, log, input) => {
      await log.started('none');
      await log.append([
        { type: 'output', stream: 'stdout', text: `attempt ${attempt}\n` },
        { type: 'question', id: 'q1', text: `Really, ${attempt}?`, choices: ['yes', 'no'] },
      ]);
      for await (const line of input) {
        if (attempt === 1) throw new PrefishError('PREFISH_STALE_ATTEMPT', 'lost');
        if (line.type === 'message') continue;
        await log.append([{ type: 'output', stream: 'stdout', text: JSON.stringify(line) }]);
        break;
      }
      return { exit: { code: 0 } };
    };
    start({ run: asks, lease: { seconds: 0.2, beatSeconds: 10 }, reconcileInterval: 100 });
    const id = await submit('a task', { retries: 1 });
    const asked = async (count: number): Promise<Event> =>
      until(async () => (await eventsOf(id)).filter(({ type }) => type === 'question')[count - 1], 30);
    const first = await asked(1);
    await until(async () => (await stateOf(id)) === 'input-required');
    await dispatcher.send(id, { type: 'message', text: 'go away' });
    const second = await asked(2);
    await until(async () => (await stateOf(id)) === 'input-required');
    const answer = { type: 'answer', question: 'q1', choice: 'yes' } as const;
    await expect(dispatcher.send(id, { ...answer, seq: first.seq })).rejects.toMatchObject({
      code: 'PREFISH_TASK_STATE',
      message: expect.stringContaining('again'),
    });
    expect(await stateOf(id)).toBe('input-required');
    await dispatcher.send(id, { ...answer, seq: second.seq });
    expect((await ended(id)).state).toBe('completed');
    expect(await outputOf(id)).toContain('{"type":"answer","question":"q1","choice":"yes"}');
  });

  test('close gives back what had not started, and ends what had as a lost worker would', async () => {
    const prepares: RunAttempt = (claim, log, input, signal) =>
      claim.request.line === 'prepare'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : runInShell(claim, log, input, signal);
    start({ run: prepares, concurrency: 3 });
    const preparing = await submit('prepare');
    const started = await submit('!echo on; sleep 600');
    const again = await submit('!echo on; sleep 600', { retries: 1 });
    for (const id of [started, again]) await until(async () => (await outputOf(id)) !== '');
    await until(async () => (await stateOf(preparing)) === 'working');
    await dispatcher.close();
    expect((await store.get(preparing)).task).toMatchObject({ state: 'submitted' });
    expect((await store.get(started)).task).toMatchObject({ state: 'failed', reason: 'worker-lost' });
    expect((await store.get(again)).task).toMatchObject({ state: 'submitted', reason: 'worker-lost' });
  });

  test('an attempt that lost its lease is ended, and writes nothing more', async () => {
    start({ lease: { seconds: 10, beatSeconds: 0.05 } });
    const id = await submit('!echo $$; sleep 600', { retries: 9 });
    const pid = Number(await until(async () => (await outputOf(id)) || undefined));
    await store.reclaim([{ id, attempt: 1 }]);
    await until(() => !existsSync(`/proc/${pid}`));
    await until(async () => (await store.get(id)).task.attempt === 2);
    expect(await stateOf(id)).toBe('working');
  });
});
