import { createServer, type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTaskId, type Task } from '../../src/index.ts';
import { createHttpTransport, ServerClient } from '../../src/client/index.ts';

const commit = 'a'.repeat(40);

const task: Task = {
  id: createTaskId(),
  number: 1,
  source: 'server',
  place: 'this machine',
  title: '!true',
  line: '!true',
  state: 'completed',
  attempt: 1,
  createdAt: '2026-01-02T03:04:05.000Z',
  exit: { code: 0 },
  base: { commit, branch: 'main', dirty: 0, untracked: 0 },
  result: { commit, branch: 'prefish/x', files: 1, insertions: 1, deletions: 0 },
  sandbox: 'bwrap',
  network: 'none',
};

/** A client of a server that answers as `answer` does. */
async function clientOf(answer: RequestListener): Promise<ServerClient> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new ServerClient(createHttpTransport({ origin: `http://127.0.0.1:${port}`, token: 'secret' }));
}

function saying(body: unknown, status = 200): Promise<ServerClient> {
  return clientOf((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const isNoAnswer = { code: 'PREFISH_SERVER_ANSWER', exitCode: 3 };

describe('a server that cannot be believed', () => {
  test('a task as it should be is taken, with what a newer server adds', async () => {
    const client = await saying({ ...task, added: true });
    expect(await client.get('1')).toMatchObject(task);
  });

  test.each<[string, unknown]>([
    ['no object', [task]],
    ['an id that is an option', { ...task, id: '--upload-pack=x' }],
    ['an id that is a path', { ...task, id: '../../x' }],
    ['a number that is text', { ...task, number: '1' }],
    ['a title that is none', { ...task, title: { toString: 1 } }],
    ['a state that there is not', { ...task, state: 'sleeping' }],
    ['a time that is none', { ...task, createdAt: 'yesterday' }],
    ['a result that is an option', { ...task, result: { ...task.result, commit: '--output=/tmp/x' } }],
    ['a base that is a name', { ...task, base: { ...task.base, commit: 'main' } }],
    ['an exit of neither kind', { ...task, exit: { code: 'x' } }],
    ['a group without an end', { ...task, group: { id: task.id, index: 1, of: -1 } }],
    ['nothing', ''],
    ['no JSON', '<html>'],
  ])('a task with %s is none', async (_what, body) => {
    const client = await saying(body);
    await expect(client.get('1')).rejects.toMatchObject(isNoAnswer);
    await expect(client.list()).rejects.toMatchObject(isNoAnswer);
  });

  test('what is wrong is said', async () => {
    const client = await saying({ tasks: [task, { ...task, state: 3 }] });
    await expect(client.list()).rejects.toMatchObject({
      message: 'The server answered 200 with a wrong tasks[1].state',
    });
  });

  test('a commit that git would take for something else is none', async () => {
    for (const result of ['--upload-pack=touch /tmp/x', 'HEAD', commit.slice(1), `${commit}\n`]) {
      const client = await saying({ repo: 'r', snapshot: commit, result });
      await expect(client.snapshots('1')).rejects.toMatchObject(isNoAnswer);
    }
  });

  test('a page that leads to itself is not read for ever', async () => {
    const client = await saying({ tasks: [], next: 'again' });
    await expect(client.list({ cursor: 'again' })).rejects.toMatchObject(isNoAnswer);
  });

  test('a transcript that goes round in circles ends', async () => {
    const client = await saying({
      events: [{ seq: 1, at: task.createdAt, type: 'state', state: 'working' }],
    });
    const read = async (): Promise<void> => {
      for await (const _event of client.history('1'));
    };
    await expect(read()).rejects.toMatchObject(isNoAnswer);
  });

  test.each<[string, object]>([
    ['output that is a number', { type: 'output', stream: 'stdout', text: 5 }],
    ['a stream that there is not', { type: 'output', stream: 'stdlog', text: '' }],
    ['a question without choices', { type: 'question', id: 'q', text: '?' }],
    ['a plan of nothing', { type: 'plan', entries: [null] }],
    ['no number', { type: 'thought', text: '', seq: undefined }],
  ])('an event with %s is none, read or followed', async (_what, body) => {
    const event = { seq: 1, at: task.createdAt, ...body };
    const page = await saying({ events: [event] });
    await expect(page.history('1').next()).rejects.toMatchObject(isNoAnswer);
    const stream = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(event)}\n\n`);
    });
    await expect(stream.follow('1').next()).rejects.toMatchObject(isNoAnswer);
  });

  test('an event of a type that nobody knows is taken', async () => {
    const event = { seq: 1, at: task.createdAt, type: 'weather', sun: true };
    const client = await saying({ events: [event] });
    expect((await client.history('1').next()).value).toEqual(event);
  });
});

describe('an answer without an end', () => {
  /** Sends `piece` again and again, as fast as it is taken. */
  function endless(status: number, type: string, beginning = ''): RequestListener {
    const piece = Buffer.alloc(2 ** 20, 'x');
    return (_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.write(beginning);
      const send = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', send).on('error', () => {});
      send();
    };
  }

  test('is not read to where memory ends', { timeout: 60_000 }, async () => {
    const json = await clientOf(endless(200, 'application/json'));
    await expect(json.list()).rejects.toMatchObject({ ...isNoAnswer, message: /64 MB/ });
    const stream = await clientOf(endless(200, 'text/event-stream', 'data: '));
    await expect(stream.follow('1').next()).rejects.toMatchObject({ ...isNoAnswer, message: /64 MB/ });
    const problem = await clientOf(endless(500, 'application/problem+json'));
    await expect(problem.info()).rejects.toMatchObject(isNoAnswer);
  });

  test('is not unpacked: nobody asked for a small one that becomes large', async () => {
    const packed = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '));
    const client = await clientOf((request, response) => {
      expect(request.headers['accept-encoding']).toBeUndefined();
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(packed);
    });
    await expect(client.list()).rejects.toMatchObject(isNoAnswer);
  });
});

describe('what stands between', () => {
  test('a proxy without a server behind it is a server that does not answer', async () => {
    for (const status of [502, 503, 504]) {
      const client = await saying('<html>Bad Gateway</html>', status);
      await expect(client.get('1')).rejects.toMatchObject({ code: 'PREFISH_SERVER_UNREACHABLE' });
    }
    const failing = await saying('oops', 500);
    await expect(failing.get('1')).rejects.toMatchObject(isNoAnswer);
  });

  test('what the server itself says with such a status is said', async () => {
    const client = await saying({ code: 'PREFISH_LIMIT', detail: 'Too much at once', status: 503 }, 503);
    await expect(client.get('1')).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: 'Too much at once',
    });
  });

  test('an answer that breaks off is a server that does not answer', async () => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      setImmediate(() => response.destroy());
    });
    await expect(client.get('1')).rejects.toMatchObject({ code: 'PREFISH_SERVER_UNREACHABLE' });
  });

  test('the token goes to no other host that an answer names', async () => {
    const asked: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/info`;
    for (const status of [301, 302, 303, 307, 308]) {
      const client = await clientOf((_request, response) => {
        response.writeHead(status, { location });
        response.end();
      });
      await expect(client.info()).rejects.toMatchObject({ ...isNoAnswer, message: /sends elsewhere/ });
    }
    expect(asked).toEqual([]);
  });
});
