import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testApi } from '../fixtures/model-api.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
  // Asks the proxy for URLs, one after the other.
  host.write(
    'fetch.mjs',
    `import { request } from 'node:http';
    const socketPath = process.env.PREFISH_TASK_FOLDER + '/proxy.sock';
    for (const path of process.argv.slice(2)) {
      await new Promise((done) => {
        request({ socketPath, path }, async (response) => {
          let text = '';
          for await (const part of response) text += part;
          console.log(response.statusCode, text.trim());
          done();
        }).end();
      });
    }`,
  );
});
afterEach(() => host.remove());

describe('on a server that others use', () => {
  needs('bubblewrap');

  test('full has no network but the proxy, and that leads to nothing of the server’s', async () => {
    await using own = await testApi();
    const urls = [`${own.url}/`, `http://localhost:${own.port}/`, 'http://169.254.169.254/latest/meta-data/'];
    const line = `tail -n +3 /proc/net/dev | cut -d: -f1; /run/prefish/node fetch.mjs ${urls.join(' ')}`;
    const run = await host.run(await host.submit(line, { options: { network: 'full' } }), { reach: [] });
    const [device, ...answers] = run.stdout.trim().split('\n');
    expect(device!.trim()).toBe('lo');
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['403', '403', '403']);
    expect(own.received).toEqual([]);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'PREFISH_NETWORK_DENIED' }),
    );
  });

  test('what its configuration lists is reached', async () => {
    await using listed = await testApi();
    await using other = await testApi();
    const line = `/run/prefish/node fetch.mjs ${listed.url}/ ${other.url}/; cat $PREFISH_TASK_FOLDER/task.json`;
    const reach = [`127.0.0.1:${listed.port}`];
    const run = await host.run(await host.submit(line), { reach });
    const [reached, refused, described] = run.stdout.split('\n');
    expect(reached).toBe('200 {"ok":true}');
    expect(refused).toMatch(/^403 .*Who runs this server/);
    expect(JSON.parse(described!)).toMatchObject({ proxy: true, local: reach });
    expect(other.received).toEqual([]);
  });

  test('none has no way out at all', async () => {
    const line = 'ls $PREFISH_TASK_FOLDER 2>/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1';
    const run = await host.run(await host.submit(line, { options: { network: 'none' } }), {
      reach: ['a.example'],
    });
    expect(run.stdout.split('\n').filter((name) => /sock|eth/.test(name))).toEqual([]);
  });

  test('a model at an address of the server is not asked', async () => {
    await using own = await testApi();
    const ask = `import { request } from 'node:http';
      const token = JSON.parse(process.getBuiltinModule('fs').readFileSync(process.env.PREFISH_TASK_FOLDER + '/task.json')).gateway.token;
      request({ socketPath: process.env.PREFISH_TASK_FOLDER + '/gateway.sock', method: 'POST', path: '/anthropic/v1/messages', headers: { 'x-api-key': token } }, (response) => console.log(response.statusCode)).end('{}');`;
    host.write('ask.mjs', ask);
    for (const url of [own.url, `http://localhost:${own.port}`]) {
      const models = [{ api: 'anthropic', url, secret: 'sk-x', header: 'x-api-key' }] as const;
      const request = await host.submit('/run/prefish/node ask.mjs', { models });
      expect((await host.run(request, { reach: [] })).stdout).toMatch(/^(403|502)\n$/);
    }
    expect(own.received).toEqual([]);
  });
});

test('nothing runs on it without a sandbox, whatever its submitter allows', async () => {
  const request = await host.submit('true', { options: { unsandboxed: true } });
  await expect(host.run(request, { path: '/nowhere', mode: 'bwrap', reach: [] })).rejects.toMatchObject({
    code: 'PREFISH_SANDBOX_MISSING',
  });
});
