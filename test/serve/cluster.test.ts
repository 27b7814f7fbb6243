import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createTaskId, type Event, type SubmitTask, type Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { teamServer, type TeamServer } from './support/team-server.ts';

needs('postgres', 'bubblewrap');

/** A worker in a process of its own, and the tasks that it has said it began. */
interface Worker {
  readonly process: ChildProcessWithoutNullStreams;
  readonly began: () => readonly string[];
}

async function startWorker(server: TeamServer, url: string, ...words: readonly string[]): Promise<Worker> {
  const child = server.home.spawn(['worker', '--database', url, '--concurrency', '4', ...words]);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await until(() => {
    if (child.exitCode !== null) throw new Error(log);
    return log.includes('takes tasks');
  }, 'a worker to take tasks');
  const lines = (): { message: string; task: string }[] =>
    log
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    process: child,
    began: () => lines().flatMap(({ message, task }) => (message === 'a task begins' ? [task] : [])),
  };
}

/** A server that runs nothing itself, and what sends it lines. */
async function openTeam(url: string) {
  const server = await teamServer('--database', url, '--workers', '0');
  const ada = await server.member('ada');
  const repository = await server.home.repository({ 'a.txt': 'one\n' });
  const request = await server.push(ada, repository, 'adasrepo1');
  const submit = async (line: string, options: SubmitTask['options'] = {}): Promise<string> => {
    const { id } = await ada.client.submit({ ...request, id: createTaskId(), line, options });
    return id;
  };
  return { server, client: ada.client, submit };
}

const ended = (client: ServerClient, id: string): Promise<Task> =>
  until(
    async () => {
      const task = await client.get(id);
      return task.endedAt !== undefined && task;
    },
    `task ${id} to end`,
    50_000,
  );

const processesOf = (id: string, attempt: number): Promise<number[]> =>
  processesWithEnvironment(`PREFISH_TASK_ATTEMPT=${id}/${attempt}`);

async function eventsOf(client: ServerClient, id: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of client.history(id)) events.push(event);
  return events;
}

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a worker that gets %s: what it ran goes on elsewhere within 15 s, and nothing runs twice',
  async (signal) => {
    await using postgres = await startPostgres();
    const url = await postgres.database('team');
    const { server, client, submit } = await openTeam(url);
    await using _ = server;
    const waits = await submit('!true');
    await until(
      async () => (await client.get(waits)).reason?.includes('none runs'),
      'to be told that no worker runs',
    );
    const workers = [await startWorker(server, url), await startWorker(server, url)];
    expect(await ended(client, waits)).toMatchObject({ state: 'completed' });

    const line = '!echo on; until [ -e stop ]; do sleep 0.1; done';
    const again = await submit(line, { retries: 5 });
    const single = await submit(line);
    const [killed, other] = await until(() => {
      const lost = workers.find((worker) => worker.began().includes(again));
      return lost && ([lost, workers.find((worker) => worker !== lost)!] as const);
    }, 'a worker to begin');
    for (const id of [again, single]) {
      await until(
        async () => (await eventsOf(client, id)).some(({ type }) => type === 'output'),
        'both tasks to run',
      );
    }
    const lostToo = killed.began().includes(single);
    const began = performance.now();
    expect(await processesOf(again, 1)).not.toEqual([]);
    killed.process.kill(signal);
    await until(() => other.began().includes(again), 'the other worker to take it', 15_000);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await processesOf(again, 1)).toEqual([]);
    await until(
      async () => (await eventsOf(client, again)).filter(({ type }) => type === 'output').length === 2,
      'it to run again',
    );
    if (lostToo) {
      expect(await ended(client, single)).toMatchObject({
        state: 'failed',
        reason: 'worker-lost',
        attempt: 1,
      });
    }

    const left = lostToo ? [again] : [again, single];
    for (const id of left) {
      const asked = performance.now();
      await client.cancel(id);
      expect(await ended(client, id)).toMatchObject({ state: 'canceled' });
      expect(performance.now() - asked).toBeLessThan(10_000);
    }
    const events = await eventsOf(client, again);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.flatMap((event) => (event.type === 'state' ? [event.state] : []))).toEqual([
      'submitted',
      'working',
      'submitted',
      'working',
      'canceled',
    ]);
    other.process.kill('SIGTERM');
    await once(other.process, 'exit');
    expect(await processesOf(again, 2)).toEqual([]);
  },
);

test('a database that crashes: nothing acknowledged is lost, and what runs goes on', async () => {
  await using postgres = await startPostgres();
  const url = await postgres.database('team');
  const { server, client, submit } = await openTeam(url);
  await using _ = server;
  const worker = await startWorker(server, url);
  const running = await submit('!for i in $(seq 50); do echo $i; sleep 0.1; done');
  const acknowledged: string[] = [];
  const enough = new AbortController();
  const submits = (async () => {
    while (!enough.signal.aborted && acknowledged.length < 150) acknowledged.push(await submit('!true'));
  })();
  const seen: Event[] = [];
  const followed = (async () => {
    for await (const item of client.follow(running)) if (item.kind === 'event') seen.push(item.event);
  })();
  await until(() => seen.some(({ type }) => type === 'output') && acknowledged.length > 3, 'both to go on');
  const before = [...seen];
  await postgres.crash();
  await postgres.start();
  const reached = acknowledged.length;
  await until(() => acknowledged.length > reached + 1, 'tasks to be taken again');
  enough.abort();
  await submits;
  expect(await ended(client, running)).toMatchObject({ state: 'completed', attempt: 1 });
  await followed;
  expect(seen.slice(0, before.length)).toEqual(before);
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_event, index) => index + 1));
  const output = seen.flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');
  expect(output).toBe(Array.from({ length: 50 }, (_line, index) => `${index + 1}\n`).join(''));
  for (const id of acknowledged) {
    expect(await ended(client, id)).toMatchObject({ state: 'completed', attempt: 1 });
  }
  expect(new Set(worker.began()).size).toBe(worker.began().length);
});

test('a worker that is told to end takes no more, and has the time to drain for what it runs', async () => {
  await using postgres = await startPostgres();
  const url = await postgres.database('team');
  const { server, client, submit } = await openTeam(url);
  await using _ = server;
  const worker = await startWorker(server, url, '--drain', '60');
  const runs = await submit('!echo begun; sleep 3; echo done');
  await until(
    async () => (await eventsOf(client, runs)).some(({ type }) => type === 'output'),
    'the task to run',
  );
  worker.process.kill('SIGTERM');
  const exited = once(worker.process, 'exit');
  const late = await submit('!true');
  await until(
    async () => (await client.get(late)).reason?.includes('none runs'),
    'to be told that no worker takes tasks',
  );
  expect(await exited).toEqual([0, null]);
  expect(await client.get(runs)).toMatchObject({ state: 'completed', attempt: 1 });
  expect(await client.get(late)).toMatchObject({ state: 'submitted', attempt: 0 });
  expect(worker.began()).toEqual([runs]);
  await startWorker(server, url);
  expect(await ended(client, late)).toMatchObject({ state: 'completed' });
});
