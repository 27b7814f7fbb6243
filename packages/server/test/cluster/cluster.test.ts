import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '@prefish/protocol';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { startPostgres, type Postgres } from '../../../../test/support/postgres.ts';
import { joinCluster, type Cluster } from '../../src/cluster/cluster.ts';
import { Dispatcher } from '../../src/queue/dispatcher.ts';
import type { StoreChange } from '../../src/store/store.ts';
import type { RunAttempt } from '../../src/worker/attempt.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';
import { until } from '../fixtures/until.ts';

needs('postgres');

let postgres: Postgres | undefined;
let count = 0;
afterAll(() => postgres?.[Symbol.asyncDispose]());

describe('two processes of one database', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let url: string;
  let server: Cluster;
  let worker: Cluster;
  const closers: (() => Promise<void>)[] = [];
  const join2 = (data: string, mayClaim: boolean): Promise<Cluster> =>
    joinCluster({ database: url, data, mayClaim, log: () => {} });
  beforeEach(async () => {
    postgres ??= await startPostgres();
    url = await postgres.database(`cluster${count++}`);
    folder = temporaryFolder();
    server = await join2(folder.path, true);
    worker = await join2(folder.path, false);
    closers.push(
      () => server.close(),
      () => worker.close(),
    );
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    folder[Symbol.dispose]();
  });

  const submit = async (line = '!true'): Promise<string> => {
    const { task } = await server.store.submit(request({ line }), {
      owner: 'ada',
      place: 'here',
      sandbox: 'bwrap',
    });
    return task.id;
  };
  /** What runs tasks on one side, and what answers requests on the other. */
  const dispatchers = (run: RunAttempt): Dispatcher => {
    const working = new Dispatcher({
      store: worker.store,
      run,
      concurrency: 2,
      log: () => {},
      worker: 'one',
    });
    worker.inputs.serve(
      (id) => working.runs(id),
      (id, input) => working.send(id, input),
    );
    const answering = new Dispatcher({
      store: server.store,
      run: () => Promise.reject(new Error('runs nothing')),
      concurrency: 0,
      log: () => {},
      worker: 'none',
      elsewhere: (id, input) => server.inputs.send(id, input),
    });
    for (const dispatcher of [working, answering]) {
      dispatcher.start();
      closers.push(() => dispatcher.close());
    }
    return answering;
  };
  const ended = (id: string) =>
    until(async () => {
      const { task } = await server.store.get(id);
      return task.endedAt !== undefined && task;
    });

  test('hear of each other’s changes, in order, and of each once', async () => {
    const seen: StoreChange[] = [];
    server.store.onChange((change) => seen.push(change));
    const id = await submit();
    const claim = await until(() => worker.store.claim('one', 10));
    expect(claim.task.id).toBe(id);
    await worker.store.append(id, 1, [{ type: 'output', stream: 'stdout', text: 'x' }]);
    await worker.store.finish(id, 1, { state: 'completed' });
    await until(() => seen.some(({ task }) => task?.state === 'completed'));
    await worker.store.remove(id);
    await until(() => seen.at(-1)?.removed === true);
    const states = seen.flatMap(({ task }) => (task === undefined ? [] : [task.state]));
    expect(states.toSorted((one, other) => order.indexOf(one) - order.indexOf(other))).toEqual(states);
    expect(states.at(-1)).toBe('completed');
    expect(seen.every((change) => change.id === id && change.owner === 'ada')).toBe(true);
  });
  const order = ['submitted', 'working', 'completed'];

  test('a worker begins what the other was sent, and feels that it is canceled', async () => {
    dispatchers(async (_claim, log, _input, signal) => {
      await log.started('none');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { exit: { signal: 'SIGKILL' } };
    });
    const id = await submit();
    await until(async () => (await server.store.get(id)).started);
    const began = performance.now();
    await server.store.requestCancel(id);
    expect(await ended(id)).toMatchObject({ state: 'canceled' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('messages and answers go to the process that runs the task, and its refusals come back', async () => {
    const flag = join(folder.path, 'go');
    const answering = dispatchers(async (_claim, log, input) => {
      await log.started('none');
      await log.append([{ type: 'question', id: 'q1', text: 'Really?', choices: ['yes', 'no'] }]);
      for await (const line of input) {
        await log.append([{ type: 'output', stream: 'stdout', text: JSON.stringify(line) }]);
        if (line.type === 'answer') break;
      }
      await until(() => existsSync(flag));
      return { exit: { code: 0 } };
    });
    const id = await submit();
    await until(async () => (await server.store.get(id)).task.state === 'input-required');
    await answering.send(id, { type: 'message', text: 'hello' });
    await expect(answering.send(id, { type: 'answer', question: 'q2', choice: 'yes' })).rejects.toMatchObject(
      { code: 'PREFISH_TASK_STATE', message: expect.stringContaining('q2') },
    );
    await answering.send(id, { type: 'answer', question: 'q1', choice: 'yes' });
    expect((await server.store.get(id)).task.state).toBe('working');
    writeFileSync(flag, '');
    expect(await ended(id)).toMatchObject({ state: 'completed' });
    const said = (await server.store.events(id, 0, 100)).flatMap((event: Event) =>
      event.type === 'output' ? [event.text] : [],
    );
    expect(said).toEqual([
      '{"type":"message","text":"hello"}',
      '{"type":"answer","question":"q1","choice":"yes"}',
    ]);
    const began = performance.now();
    await expect(answering.send(id, { type: 'message', text: 'late' })).rejects.toMatchObject({
      code: 'PREFISH_TASK_STATE',
    });
    // Ten seconds is how long it tries to reach a worker.
    expect(performance.now() - began).toBeLessThan(9000);
  });

  test('a lease that was extended meanwhile is not taken away', async () => {
    const id = await submit();
    await worker.store.claim('one', -1);
    const [lease] = await server.store.expired({ everything: true });
    expect(await server.store.expired({ everything: true, worker: 'another' })).toEqual([]);
    await worker.store.beat(id, 1, 10);
    expect(await server.store.reclaim([lease!], { onlyExpired: true })).toEqual([]);
    expect(await server.store.reclaim([lease!])).toMatchObject([{ state: 'submitted' }]);
  });

  test('are told apart by their database: a folder belongs to one', async () => {
    using other = temporaryFolder();
    await expect(join2(other.path, false)).rejects.toMatchObject({ code: 'PREFISH_SERVER_START' });
    writeFileSync(join(other.path, 'database'), 'another\n');
    await expect(join2(other.path, true)).rejects.toMatchObject({ code: 'PREFISH_SERVER_START' });
  });

  test('know how many tasks all workers run', async () => {
    await worker.workers.join('one', 3);
    await server.workers.refresh();
    expect(server.workers.workers).toEqual({ busy: 0, all: 3 });
    await submit();
    await worker.store.claim('one', 10);
    await server.workers.refresh();
    expect(server.workers.workers).toEqual({ busy: 1, all: 3 });
    expect([server.workers.runningOf('ada'), server.workers.runningOf('somebody')]).toEqual([1, 0]);
    await worker.workers.close();
    await server.workers.refresh();
    expect(server.workers.workers.all).toBe(0);
  });
});
