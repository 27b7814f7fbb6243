import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from '@prefish/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import type { Run } from '../support/sandbox-home.ts';
import { finished, transcript } from '../support/tasks.ts';
import { agentHome, type AgentHome } from './agent-home.ts';

needs('bubblewrap');

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

const secret = 'sk-test-0123456789abcdef';

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

/** A home whose agent is the fake one, and a repository with that program. */
async function setting(model: 'none' | 'anthropic', config?: Config): Promise<AgentHome> {
  const made = await agentHome(bundled, model, config);
  await writeFile(join(made.repository.path, 'ask.mjs'), askModel);
  return made;
}

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
