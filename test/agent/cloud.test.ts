import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from '@prefish/core';
import type { Event, Task } from '@prefish/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import type { Repository } from '../support/repository.ts';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { finished, show, submit, transcript } from '../support/tasks.ts';
import { until } from '../support/until.ts';

needs('bubblewrap');

const secret = 'sk-test-0123456789abcdef';

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

/** A home whose agent is the fake one, and a repository. */
interface Setting extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly repository: Repository;
  /** Runs prefish in the repository. */
  prefish(...args: string[]): Promise<Run>;
}

async function setting(
  model: 'none' | 'anthropic' = 'none',
  { tasks, ...config }: Config & { readonly tasks?: { readonly permissions: 'ask' } } = {},
): Promise<Setting> {
  const home = await sandboxHome();
  const sessions = join(home.root, 'sessions');
  const agent = {
    command: process.execPath,
    args: [bundled.file],
    env: { PREFISH_FAKE_AGENT: JSON.stringify({ sessions }) },
    model,
  };
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ ...config, agent, plugins: tasks ? [['@prefish/plugin-agent', { tasks }]] : [] }),
  );
  const repository = await home.repository({ 'a.txt': 'a\n', 'ask.mjs': askModel });
  return {
    home,
    repository,
    prefish: (...args) => home.prefish(args, { cwd: repository.path }),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** A program that asks the model what its variables name, as an agent would. */
const askModel = `
const { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key } = process.env;
const response = await fetch(url + '/v1/messages', {
  method: 'POST',
  headers: { 'x-api-key': key, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'test', messages: [] }),
});
console.log(response.status, await response.text());
`;

/** A model's API on the loopback, and the headers of what it was asked. */
async function modelApi(): Promise<
  AsyncDisposable & { readonly url: string; readonly asked: IncomingHttpHeaders[] }
> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    request.resume().on('end', () => response.end('{"content":"forty-two"}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Every file below a folder that holds the text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const held = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)));
  return files.filter((_, index) => held[index]);
}

function isQuestion(event: Event): event is Extract<Event, { type: 'question' }> {
  return event.type === 'question';
}

/** What the agent has said in a task. */
async function said(home: SandboxHome, id: string): Promise<string> {
  const events = await transcript(home, id);
  return events
    .map((event) => (event.type === 'message' && event.role === 'agent' ? event.text : ''))
    .join('');
}

async function working(home: SandboxHome, id: string): Promise<void> {
  await until(async () => {
    const events = await transcript(home, id);
    return events.some(({ type }) => type === 'tool' || type === 'message');
  }, `${id} to be under way`);
}

describe('a message behind &', () => {
  test('is taken by the agent in a task; its work comes back as a commit with its last message', async () => {
    await using t = await setting();
    const run = await t.prefish(
      '-c',
      '& --wait say I look around.\nedit a.txt <<from the agent\nedit b/new.txt <<new\nsay Changed the greeting.\\n\\nAnd more.',
    );
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Changed the greeting.') });
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('a\n');
    const task = await show(t.home, '@last');
    expect(task).toMatchObject({
      state: 'completed',
      title: 'say I look around.',
      sandbox: 'bwrap',
      network: 'allowlist',
      result: { files: 2 },
    });
    expect((await t.prefish('tasks', 'apply', '@last', '--branch', 'theirs')).code).toBe(0);
    const message = await t.repository.git('log', '-1', '--format=%B', 'theirs');
    expect(message).toMatch(/^Changed the greeting\.\n\nAnd more\.\n/);
    expect(message).toContain(task.id);
    expect((await t.prefish('tasks', 'apply', '@last')).code).toBe(0);
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('from the agent\n');
    expect(await readFile(join(t.repository.path, 'b', 'new.txt'), 'utf8')).toBe('new\n');
  });

  test('a message for a task that has ended is taken up by a new one, with its tree and what was said', async () => {
    await using t = await setting();
    await t.prefish('-c', '& --wait say The first answer.\nedit b.txt <<from the first');
    const copy = 'run cp "$PREFISH_TASK_FOLDER/files/conversation.md" seen.md';
    const sent = await t.prefish(
      'tasks',
      'send',
      '1',
      `! is no prefix here\n${copy}\nrun mv b.txt c.txt`,
      '--json',
    );
    expect(sent).toMatchObject({ code: 0 });
    const { id } = sent.json<Task>();
    const first = await show(t.home, '1');
    expect(await finished(t.home, id)).toMatchObject({
      state: 'completed',
      continues: first.id,
      title: '! is no prefix here',
      base: first.base!,
    });
    expect(first).toMatchObject({ state: 'completed', result: { files: 1 } });
    // The result says what both have changed, and outlives the first.
    await t.prefish('tasks', 'rm', '1');
    expect(await t.prefish('tasks', 'apply', id)).toMatchObject({ code: 0 });
    expect(existsSync(join(t.repository.path, 'b.txt'))).toBe(false);
    expect(await readFile(join(t.repository.path, 'c.txt'), 'utf8')).toBe('from the first\n');
    const seen = await readFile(join(t.repository.path, 'seen.md'), 'utf8');
    expect(seen).toContain('say The first answer.');
    expect(seen).toMatch(/## The agent\n\nThe first answer\./);
  });

  test('takes the conversation along, that of an earlier prefish too', async () => {
    await using t = await setting();
    const copy = 'run cp "$PREFISH_TASK_FOLDER/files/conversation.md" seen.md';
    const first = await t.prefish('-c', 'say the colour is teal', '-c', `& --wait ${copy}`);
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/the conversation \(\d+ messages?\)/),
    });
    await t.prefish('tasks', 'apply', '@last');
    const seen = join(t.repository.path, 'seen.md');
    expect(await readFile(seen, 'utf8')).toContain('the colour is teal');
    await t.prefish('-c', '!rm seen.md');
    expect(await t.prefish('--continue', '-c', `& --wait ${copy}`)).toMatchObject({ code: 0 });
    await t.prefish('tasks', 'apply', '@last');
    expect(await readFile(seen, 'utf8')).toContain('the colour is teal');
  });

  test('that reads like a command says so, after the state that scripts rely on', async () => {
    await using t = await setting();
    const run = await t.prefish('--json', '-c', '& npm test');
    expect(run.code).toBe(0);
    expect(run.events().slice(0, 2)).toMatchObject([
      { seq: 1, type: 'state', state: 'submitted', task: expect.any(String) },
      { seq: 2, type: 'warning', code: 'PREFISH_MEANT_COMMAND' },
    ]);
  });

  test('that is cancelled leaves no process', async () => {
    await using t = await setting();
    const id = await submit(t.home, 'say hm\nrun sleep 600', { cwd: t.repository.path });
    await working(t.home, id);
    const mark = `PREFISH_TASK=${id}`;
    expect(await processesWithEnvironment(mark)).not.toEqual([]);
    expect((await t.prefish('tasks', 'cancel', id)).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'canceled' });
    expect(await processesWithEnvironment(mark)).toEqual([]);
  });

  test('fails when its agent crashes, and says so; what was done by then is kept', async () => {
    await using t = await setting();
    const run = await t.prefish('-c', '& --wait edit a.txt <<half\ncrash');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('PREFISH_AGENT_');
    const task = await show(t.home, '@last');
    expect(task).toMatchObject({ state: 'failed', result: { files: 1 } });
    expect((await t.prefish('tasks', 'retry', task.id)).code).toBe(0);
    expect(await finished(t.home, '@last')).toMatchObject({ state: 'failed', line: task.line });
  });

  test('may do everything unasked, as its copy and its sandbox are its own', async () => {
    await using t = await setting();
    const run = await t.prefish('-c', '& --wait ask Delete everything?');
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Delete everything?: Yes') });
  });

  test('asks where the policy says so: the task waits for an answer', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Delete everything?', { cwd: t.repository.path });
    const waited = await t.prefish('tasks', 'wait', id, '--json');
    expect(waited.code).toBe(1);
    expect(waited.json<Task[]>()).toMatchObject([{ state: 'input-required' }]);
    const asked = (await transcript(t.home, id)).find(isQuestion);
    expect(asked).toMatchObject({ text: expect.stringContaining('Delete everything?') });
    expect(asked!.choices).toEqual(['Yes', 'Yes, always', 'No']);
    expect(await t.prefish('tasks', 'answer', id, 'perhaps')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Yes / Yes, always / No'),
    });
    expect(await t.prefish('tasks', 'answer', id, 'y')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('“y” begins several of the choices'),
    });
    expect(await t.prefish('tasks', 'answer', id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/asks: .*Delete everything\?[^]*prefish tasks answer 1 yes/),
    });
    expect(await t.prefish('tasks', 'answer', id, '4')).toMatchObject({ code: 2 });
    expect((await t.prefish('tasks', 'answer', id, '3')).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'completed' });
    expect(await said(t.home, id)).toContain('Delete everything?: No');
  });

  test('--wait ends where it asks and nobody is there; at a terminal it is answered, and goes on', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    const run = await t.prefish('-c', '& --wait ask Delete everything?');
    expect(run).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\? .*Delete everything\?\n {2}Yes\n/),
      stderr: expect.stringMatching(
        /task 1 asks: .*\(Yes \/ Yes, always \/ No\)\n {2}prefish tasks answer 1 yes\n$/,
      ),
    });
    expect(await show(t.home, '1')).toMatchObject({ state: 'input-required' });

    await using shell = openTerminal(t.home, ['-c', '& --wait ask Delete everything?'], {
      cwd: t.repository.path,
      columns: 120,
    });
    await shell.shows(/Yes, always$/m);
    shell.type('1');
    await shell.shows(/Delete everything\?: Yes/);
    await shell.shows(/task 2 completed · 0:\d\d/);
    expect(await shell.ended).toBe(0);
  });

  test('says at the prompt what it asks, and is answered from the list', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    await using shell = openTerminal(t.home, [], { cwd: t.repository.path, columns: 120 });
    await shell.shows(/❯|>/);
    shell.type('& ask Delete everything?\r');
    await shell.shows(/task 1 asks: .*Delete everything\? \(Yes \/ Yes, always \/ No\)/);
    shell.type('/tasks\r');
    await shell.shows('m answer');
    shell.type('m');
    await shell.shows(/Yes, always$/m);
    shell.type('1');
    await shell.shows(/ask Delete everything\?.* completed/);
    shell.type(keys.escape);
    await shell.shows(/task 1 completed/);
  });

  test('is read and answered in its view', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    await using shell = openTerminal(t.home, [], { cwd: t.repository.path, columns: 60, rows: 15 });
    await shell.shows(/❯|>/);
    shell.type('& ask Delete everything?\r');
    await shell.shows('task 1 asks');
    shell.type('/tasks\r');
    await shell.shows('m answer');
    shell.type('\r');
    await shell.shows(/\? .*Delete everything\?\n {2}Yes\n {2}Yes, always\n {2}No/);
    shell.type('m');
    await shell.shows(/> 1 Yes$/m);
    shell.type(`${keys.down}${keys.down}\r`);
    await shell.shows(/^completed [\s\S]*✗ Delete everything\?\nDelete everything\?: No$/m);
    shell.type(keys.escape);
    await shell.shows('Background tasks');
    shell.type(keys.escape);
    await shell.hides('Background tasks');
  });

  test('takes what is sent to it meanwhile as the next message', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Go on?', { cwd: t.repository.path });
    await t.prefish('tasks', 'wait', id);
    const asked = (await transcript(t.home, id)).find(isQuestion);
    expect((await t.prefish('tasks', 'send', id, 'say as well')).code).toBe(0);
    expect((await t.prefish('tasks', 'answer', id, asked!.id, asked!.choices[0]!)).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'completed' });
    expect(await said(t.home, id)).toMatch(/Go on\?: Yes[^]*as well/);
    const events = await transcript(t.home, id);
    const told = events.flatMap((event) =>
      event.type === 'message' && event.role === 'user' ? event.text : [],
    );
    expect(told).toEqual(['ask Go on?', 'say as well']);
  });

  test('says which messages it did not come to', async () => {
    await using t = await setting('none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Go on?\ncrash', { cwd: t.repository.path });
    await t.prefish('tasks', 'wait', id);
    await t.prefish('tasks', 'send', id, 'say as well');
    await t.prefish('tasks', 'answer', id, 'yes');
    expect(await finished(t.home, id)).toMatchObject({ state: 'failed' });
    expect(await transcript(t.home, id)).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'PREFISH_MESSAGE_UNREAD',
        message: expect.stringContaining('“say as well”'),
      }),
    );
  });
});

describe('the model of an agent', () => {
  test('is reached through the gateway; the credential is nowhere in the task, or left when it has ended', async () => {
    await using t = await setting('anthropic');
    await using api = await modelApi();
    const env = { ANTHROPIC_API_KEY: secret, ANTHROPIC_BASE_URL: api.url };
    const line =
      '& --wait run node ask.mjs > answer.txt\nrun env > env.txt\nrun cat /run/prefish/task/task.json > task.txt\nsay done';
    const run = await t.home.prefish(['-c', line], { cwd: t.repository.path, env });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('leave to use') });
    expect(api.asked).toMatchObject([{ 'x-api-key': secret, host: new URL(api.url).host }]);
    await t.prefish('tasks', 'apply', '@last');
    const read = (name: string): Promise<string> => readFile(join(t.repository.path, name), 'utf8');
    expect(await read('answer.txt')).toBe('200 {"content":"forty-two"}\n');
    expect((await read('env.txt')) + (await read('task.txt'))).not.toContain(secret);
    expect(await filesWith(t.home.prefishHome, secret)).toEqual([]);
    expect(JSON.stringify(await transcript(t.home, '@last'))).not.toContain(secret);

    const retried = await t.home.prefish(['tasks', 'retry', '@last'], { cwd: t.repository.path, env });
    expect(retried.code).toBe(0);
    expect(await finished(t.home, '@last')).toMatchObject({ state: 'completed' });
    expect(api.asked).toHaveLength(2);
    expect(await t.prefish('tasks', 'retry', '@last')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PREFISH_CREDENTIAL_MISSING'),
    });
  });

  test('is paid for by the agent’s configuration, of which the task does not see the secrets', async () => {
    await using t = await setting('anthropic');
    await using api = await modelApi();
    const config = join(t.home.prefishHome, 'config', 'prefish.config.json');
    const { agent } = JSON.parse(await readFile(config, 'utf8')) as { agent: { env: object } };
    const env = { ...agent.env, ANTHROPIC_API_KEY: secret, ANTHROPIC_BASE_URL: api.url };
    await writeFile(config, JSON.stringify({ agent: { ...agent, env }, prefixes: { shell: '$' } }));
    const run = await t.prefish('-c', `& --wait run cat ${config} > seen.json\nrun node ask.mjs`);
    expect(run.code).toBe(0);
    expect(api.asked).toMatchObject([{ 'x-api-key': secret }]);
    await t.prefish('tasks', 'apply', '@last');
    const seen = await readFile(join(t.repository.path, 'seen.json'), 'utf8');
    expect(JSON.parse(seen)).toEqual({ prefixes: { shell: '$' } });
    expect((await t.prefish('-c', '& --wait $test -f a.txt')).code).toBe(0);
  });

  test('needs a credential: without one the line is refused before anything is sent or started', async () => {
    await using t = await setting('anthropic');
    for (const line of ['& say hi', '& --dry-run say hi']) {
      expect(await t.prefish('-c', line)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/prefish keys set ANTHROPIC_API_KEY[^]*PREFISH_CREDENTIAL_MISSING/),
      });
    }
    expect((await t.prefish('daemon', 'status', '--json')).json()).toMatchObject({ running: false });
    expect(existsSync(join(t.home.prefishHome, 'data', 'outbox'))).toBe(false);
  });

  test('is paid for with a key that was set before, from a pipe', async () => {
    await using t = await setting('anthropic');
    await using api = await modelApi();
    const set = (name: string, value: string): Promise<Run> =>
      t.home.prefish(['keys', 'set', name], { input: `${value}\n` });
    expect(await set('ANTHROPIC_API_KEY', secret)).toMatchObject({ code: 0 });
    expect(await set('ANTHROPIC_BASE_URL', api.url)).toMatchObject({ code: 0 });
    expect(await t.prefish('-c', '& --wait run node ask.mjs')).toMatchObject({ code: 0 });
    expect(api.asked).toMatchObject([{ 'x-api-key': secret }]);
  });
});

test('what an agent reaches besides its model is what allow names', async () => {
  await using open = await modelApi();
  await using closed = await modelApi();
  const host = new URL(open.url).host;
  await using t = await setting('none', { allow: [host] });
  const fetched = (url: string, how = ''): string =>
    `run curl -s ${how} -o /dev/null -w '%{http_code}\\n' ${url} >> codes`;
  const run = await t.prefish(
    '-c',
    `& --wait ${fetched(open.url)}\n${fetched(closed.url)}\n${fetched(closed.url, "--noproxy ''")}\nsay done`,
  );
  expect(run.stderr).toContain('PREFISH_NETWORK_DENIED');
  await t.prefish('tasks', 'apply', '@last');
  expect(await readFile(join(t.repository.path, 'codes'), 'utf8')).toBe('200\n000\n403\n');
  expect([open.asked.length, closed.asked.length]).toEqual([1, 0]);
});

test('explain says who takes a message there, and what it reaches', async () => {
  await using t = await setting('none', { allow: ['registry.example'] });
  expect((await t.prefish('explain', '& tidy up', '--json')).json()).toMatchObject({
    prefix: { id: 'teleport' },
    there: { id: 'agent', token: '' },
    place: 'this machine',
    network: 'allowlist',
  });
  expect((await t.prefish('explain', '& tidy up')).stdout).toContain('allowlist: registry.example');
});
