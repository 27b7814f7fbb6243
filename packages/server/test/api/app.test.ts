import { connect } from 'node:net';
import { createTaskId, type Event, type Problem, type Task } from '@prefish/protocol';
import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type TestServer, commitInto, testServer } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { until } from '../fixtures/until.ts';

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

function ask(
  server: TestServer,
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { socketPath } = server;
    const outgoing = httpRequest(
      { socketPath, agent: false, method, path, headers: options.headers ?? {} },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () =>
          resolve({ status: response.statusCode!, type: response.headers['content-type'], text }),
        );
        response.once('error', reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(options.body);
  });
}

async function ended(server: TestServer, id: string): Promise<Task> {
  return until(async () => {
    const task = await server.client.get(id);
    return task.endedAt !== undefined && task;
  });
}

describe('the API', () => {
  test('answers errors as problems with their code', async () => {
    await using server = await testServer();
    const cases: [string, string, string | undefined, number, string, RegExp][] = [
      ['GET', '/v1/nowhere', undefined, 404, 'PREFISH_ROUTE_UNKNOWN', /nowhere/],
      ['GET', '/v1/tasks/9', undefined, 404, 'PREFISH_TASK_NOT_FOUND', /9/],
      ['POST', '/v1/tasks', '{', 400, 'PREFISH_REQUEST_INVALID', /no JSON/],
      ['POST', '/v1/tasks', '{}', 400, 'PREFISH_REQUEST_INVALID', /id: /],
      [
        'POST',
        '/v1/tasks',
        JSON.stringify(request({ options: { timeout: -1 } })),
        400,
        'PREFISH_REQUEST_INVALID',
        /^options\.timeout: /,
      ],
      [
        'POST',
        '/v1/tasks',
        JSON.stringify({ ...request(), extra: 1 }),
        400,
        'PREFISH_REQUEST_INVALID',
        /extra/,
      ],
      ['GET', '/v1/tasks?limit=0', undefined, 400, 'PREFISH_REQUEST_INVALID', /^limit: /],
      ['GET', '/v1/tasks?state=done', undefined, 400, 'PREFISH_REQUEST_INVALID', /^state\.0: /],
    ];
    for (const [method, path, body, status, code, detail] of cases) {
      const answer = await ask(server, method, path, body === undefined ? {} : { body });
      expect(answer).toMatchObject({ status, type: 'application/problem+json' });
      const problem = JSON.parse(answer.text) as Problem;
      expect(problem).toMatchObject({ type: 'about:blank', status, code });
      expect(problem.detail).toMatch(detail);
    }
    expect(server.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('refuses what it could not run, before it is a task', async () => {
    await using server = await testServer();
    const good = await server.request('!true');
    const refused = (changes: object) => server.client.submit({ ...good, ...changes });
    await expect(refused({ snapshot: 'f'.repeat(40) })).rejects.toMatchObject({
      code: 'PREFISH_SNAPSHOT_UNKNOWN',
    });
    await expect(refused({ repo: 'unknown1' })).rejects.toMatchObject({ code: 'PREFISH_SNAPSHOT_UNKNOWN' });
    await expect(refused({ line: '& !true' })).rejects.toMatchObject({ code: 'PREFISH_TELEPORT_NESTED' });
    await expect(refused({ options: { allow: ['https://x'] } })).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
    });
    await expect(refused({ options: { after: [createTaskId()], unsandboxed: true } })).rejects.toMatchObject({
      code: 'PREFISH_TASK_NOT_FOUND',
    });
    expect((await server.client.list()).tasks).toEqual([]);
    expect((await server.client.submit(good)).network).toBe('full');
  });

  test('a body that is too long is refused, with a length and without one', async () => {
    await using server = await testServer();
    const body = JSON.stringify({ ...request(), line: 'x'.repeat(20 * 2 ** 20) });
    const announced = await ask(server, 'POST', '/v1/tasks', {
      headers: { 'content-length': String(body.length) },
    }).catch((error: Error) => error.message);
    const chunked = await ask(server, 'POST', '/v1/tasks', {
      body,
      headers: { 'transfer-encoding': 'chunked' },
    }).catch((error: Error) => error.message);
    for (const answer of [announced, chunked]) {
      expect(answer).toMatchObject({ status: 413 });
      expect(JSON.parse((answer as Answer).text)).toMatchObject({ code: 'PREFISH_REQUEST_TOO_LARGE' });
    }
  });

  test('takes the same id twice as one task', async () => {
    await using server = await testServer();
    const asked = await server.request('!true');
    const body = JSON.stringify(asked);
    const answers = await Promise.all([1, 2, 3].map(() => ask(server, 'POST', '/v1/tasks', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect((await server.client.list()).tasks).toHaveLength(1);
  });

  test('lists by state and in pages', async () => {
    await using server = await testServer();
    for (const line of ['!true', '!false', '!true'])
      await ended(server, (await server.client.submit(await server.request(line))).id);
    const completed = await server.client.list({ state: ['completed', 'canceled'] });
    expect(completed.tasks.map(({ number }) => number)).toEqual([3, 1]);
    const page = await server.client.list({ limit: 2 });
    const rest = await server.client.list({ limit: 2, cursor: page.next! });
    expect([...page.tasks, ...rest.tasks].map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  test('events: a stream by default, where Last-Event-ID wins; JSON when asked', async () => {
    await using server = await testServer();
    const { id } = await server.client.submit(await server.request('!echo hi'));
    await ended(server, id);
    const path = `/v1/tasks/${id}/events?after=1`;
    const stream = await ask(server, 'GET', path);
    expect(stream.type).toBe('text/event-stream');
    expect(stream.text).toMatch(/^event: task\ndata: \{.*\}\n\nid: 2\n/);
    expect(stream.text).toMatch(/event: end\ndata: \{\}\n\n$/);
    const resumed = await ask(server, 'GET', path, { headers: { 'last-event-id': '3' } });
    expect([...resumed.text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => seq)).toEqual(['4', '5']);
    const json = await ask(server, 'GET', path, { headers: { accept: 'application/json' } });
    const { events } = JSON.parse(json.text) as { events: Event[] };
    expect(events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '2 state',
      '3 output',
      '4 exit',
      '5 state',
    ]);
    expect((await ask(server, 'GET', `/v1/tasks/${id}/events?after=x`)).status).toBe(400);
  });

  test('says of a task what it waits for while every worker is busy', async () => {
    await using server = await testServer({ concurrency: 1 });
    const { client } = server;
    const running = await client.submit(await server.request('!sleep 600'));
    await until(async () => (await client.get(running.id)).state === 'working');
    const reason = 'waits for a free worker, 1 of 1 busy';
    const next = await client.submit(await server.request('!true'));
    const after = await client.submit(await server.request('!true', { after: [running.id] }));
    expect(next).toMatchObject({ state: 'submitted', reason });
    expect(await client.get(next.id)).toMatchObject({ state: 'submitted', reason });
    expect(after.reason).toBeUndefined();
    const { tasks } = await client.list({});
    expect(tasks.map((task) => task.reason)).toEqual([undefined, reason, undefined]);
    await client.cancel(running.id);
    expect((await ended(server, next.id)).reason).toBeUndefined();
  });

  test('cancel, retry and remove', async () => {
    await using server = await testServer();
    const { id } = await server.client.submit(await server.request('!sleep 600'));
    const newId = createTaskId();
    await expect(server.client.remove(id)).rejects.toMatchObject({ code: 'PREFISH_TASK_STATE' });
    await expect(server.client.retry(id, newId)).rejects.toMatchObject({ code: 'PREFISH_TASK_STATE' });
    await server.client.cancel('1');
    expect(await ended(server, id)).toMatchObject({ state: 'canceled' });
    expect(await server.client.retry(id, newId)).toMatchObject({
      id: newId,
      line: '!sleep 600',
      number: 2,
      repeats: id,
    });
    await server.client.cancel(newId);
    await ended(server, newId);
    await server.client.remove(id);
    await expect(server.client.get(id)).rejects.toMatchObject({ code: 'PREFISH_TASK_NOT_FOUND' });
    expect((await server.client.list()).tasks).toHaveLength(1);
  });

  test('messages reach the line; without one that runs they are refused', async () => {
    await using server = await testServer();
    const { id } = await server.client.submit(await server.request('!read -r text; echo "got $text"'));
    await until(async () => (await server.client.get(id)).state === 'working');
    await until(() =>
      server.client.message(id, 'hello').then(
        () => true,
        () => false,
      ),
    );
    await ended(server, id);
    const texts: string[] = [];
    for await (const event of server.client.history(id)) if (event.type === 'output') texts.push(event.text);
    expect(texts.join('')).toBe('got {"type":"message","text":"hello"}\n');
    await expect(server.client.message(id, 'late')).rejects.toMatchObject({ code: 'PREFISH_TASK_STATE' });
    await expect(server.client.answer(id, 'q', 'a')).rejects.toMatchObject({ code: 'PREFISH_TASK_STATE' });
  });

  test('diff and snapshots tell what a task was given and gave', async () => {
    await using server = await testServer({
      run: async (_claim, log) => {
        await log.started('none');
        const { remote } = await server.client.repository('repository1');
        return {
          exit: { code: 0 },
          result: { commit: commitInto(remote), branch: 'prefish/x', files: 0, insertions: 0, deletions: 0 },
        };
      },
    });
    const asked = await server.request('!true');
    await server.client.submit(asked);
    const { result } = await ended(server, asked.id);
    expect(await server.client.snapshots(asked.id)).toEqual({
      repo: 'repository1',
      snapshot: asked.snapshot,
      result: result!.commit,
    });
    expect(await server.client.diff(asked.id)).toEqual({ files: [], patch: '' });
  });

  test('a client that sends nothing sensible does not disturb the others', async () => {
    await using server = await testServer();
    const socket = connect(server.socketPath);
    socket.on('error', () => {}).resume();
    socket.write('\0\0 nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await ask(server, 'GET', '/healthz')).status).toBe(200);
    expect((await ask(server, 'GET', '/readyz')).status).toBe(200);
  });
});
