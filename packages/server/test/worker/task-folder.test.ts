import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelAccess, SubmitTask, TaskFolder } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { testApi } from '../fixtures/model-api.ts';
import { createTaskHost, type RunOptions, type TaskHost } from '../fixtures/task-host.ts';

const secret = 'sk-very-secret-0123456789';
const script = readFileSync(fileURLToPath(new URL('../fixtures/ask-from-inside.mjs', import.meta.url)));
const access = (url: string): ModelAccess => ({ api: 'anthropic', url, secret, header: 'x-api-key' });

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
  host.write('ask.mjs', script);
});
afterEach(() => host.remove());

const ways: readonly (readonly [string, RunOptions, SubmitTask['options'], string])[] = [
  ['in the sandbox', {}, {}, '/run/prefish/node'],
  ['unsandboxed', { path: '/nowhere' }, { unsandboxed: true }, process.execPath],
];

describe.each(ways)('%s', (name, way, options, node) => {
  if (name === 'in the sandbox') needs('bubblewrap');

  test('a task finds what came along, and uses the model without its credential', async () => {
    await using upstream = await testApi();
    const request = await host.submit(
      `cat $PREFISH_TASK_FOLDER/files/conversation.md; ${node} ask.mjs /anthropic/v1/messages; cat $PREFISH_TASK_FOLDER/task.json`,
      {
        options,
        enclosed: { settings: { agent: 'fake' }, files: { 'conversation.md': 'we said\n' } },
        models: [access(upstream.url)],
      },
    );
    const run = await host.run(request, way);
    const [said, answer, described = ''] = run.stdout.split('\n');
    expect(said).toBe('we said');
    expect(answer).toBe('200 {"ok":true}');
    const description = JSON.parse(described) as TaskFolder;
    expect(description).toEqual({
      settings: { agent: 'fake' },
      files: ['conversation.md'],
      gateway: { token: expect.stringMatching(/^[0-9a-f]{64}$/), apis: ['anthropic'] },
    });
    expect(upstream.received[0]?.headers['x-api-key']).toBe(secret);
    expect(JSON.stringify(run.events)).not.toContain(secret);
    expect(readdirSync(host.sockets)).toEqual([]);
  });

  test('each attempt has a token of its own, which is good for no other', async () => {
    await using upstream = await testApi();
    const tokenOf = (stdout: string): string => (JSON.parse(stdout) as TaskFolder).gateway!.token;
    const models = [access(upstream.url)];
    const first = await host.run(
      await host.submit('cat $PREFISH_TASK_FOLDER/task.json', { options, models }),
      way,
    );
    const line = `${node} ask.mjs /anthropic/v1/messages ${tokenOf(first.stdout)}`;
    const second = await host.run(await host.submit(line, { options, models }), way);
    expect(second.stdout).toMatch(/^401 /);
    expect(upstream.received).toEqual([]);
  });

  test('a task with nothing of the kind has no such folder, whatever its submitter’s variables say', async () => {
    const env = { HOME: host.home, PREFISH_TASK_FOLDER: '/etc' };
    const run = await host.run(
      await host.submit('echo "${PREFISH_TASK_FOLDER-none}"; ls /run/prefish/task', { options, env }),
      way,
    );
    expect(run.stdout).toBe('none\n');
    expect(existsSync(host.sockets)).toBe(false);
  });

  test('a task whose credentials are gone does not run', async () => {
    const request = await host.submit('echo ran', { options, models: [access('http://127.0.0.1:1')] });
    await expect(host.run(request, { ...way, credentials: false })).rejects.toMatchObject({
      code: 'PREFISH_CREDENTIAL_MISSING',
      hint: expect.stringContaining('&'),
    });
  });

  test('a model that cannot be reached is told in the transcript', async () => {
    let url: string;
    {
      await using gone = await testApi();
      ({ url } = gone);
    }
    const request = await host.submit(`${node} ask.mjs /anthropic/v1/messages`, {
      options,
      models: [access(url)],
    });
    const run = await host.run(request, way);
    expect(run.stdout).toMatch(/^502 /);
    expect(run.events).toContainEqual({
      type: 'warning',
      code: 'PREFISH_MODEL_UNREACHABLE',
      message: expect.stringContaining(new URL(url).host),
    });
  });
});

describe('in the sandbox', () => {
  needs('bubblewrap');

  test('the folder cannot be written, and holds nothing that is not the task’s', async () => {
    await using upstream = await testApi();
    const line = `echo x > $PREFISH_TASK_FOLDER/x; rm -f $PREFISH_TASK_FOLDER/task.json; ls -A $PREFISH_TASK_FOLDER; ls ${host.sockets} ${host.folder}/work`;
    const run = await host.run(
      await host.submit(line, { enclosed: { files: { a: '' } }, models: [access(upstream.url)] }),
    );
    expect(run.stdout).toBe('files\ngateway.sock\ntask.json\n');
    expect(run.exit).not.toEqual({ code: 0 });
  });

  test('the secret is in no file, variable or argument that the task sees', async () => {
    await using upstream = await testApi();
    // Written so that the line itself does not hold it.
    const pattern = 'sk-very-secr[e]t';
    const places = '/run /tmp /var /etc "$HOME" . /proc/[0-9]*/environ /proc/[0-9]*/cmdline';
    const line = `echo sk-very-secre''t > control; grep -rlsa -D skip '${pattern}' ${places}`;
    const run = await host.run(await host.submit(line, { models: [access(upstream.url)] }));
    expect([
      ...new Set(
        run.stdout
          .trim()
          .split('\n')
          .map((path) => path.split('/').at(-1)),
      ),
    ]).toEqual(['control']);
  });

  test('allowlist reaches what is listed and nothing else, through the proxy', async () => {
    await using web = await testApi();
    await using other = await testApi();
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
    const line = `cat $PREFISH_TASK_FOLDER/task.json; echo; tail -n +3 /proc/net/dev | cut -d: -f1; /run/prefish/node fetch.mjs ${web.url}/ ${other.url}/`;
    const options = { network: 'allowlist', allow: [`127.0.0.1:${web.port}`] } as const;
    const run = await host.run(await host.submit(line, { options }));
    const [described, device, reached, refused] = run.stdout.split('\n');
    expect(JSON.parse(described!)).toEqual({ files: [], proxy: true, local: options.allow });
    expect(device!.trim()).toBe('lo');
    expect(reached).toBe('200 {"ok":true}');
    expect(refused).toMatch(/^403 .*allow: \["127\.0\.0\.1:\d+"\]/);
    expect(other.received).toEqual([]);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'PREFISH_NETWORK_DENIED' }),
    );
  });
});

test.each(['none', 'allowlist'] as const)(
  '%s is refused where nothing would keep a task to it',
  async (network) => {
    const request = await host.submit('true', { options: { network, unsandboxed: true } });
    await expect(host.run(request, { path: '/nowhere' })).rejects.toMatchObject({
      code: 'PREFISH_NETWORK_UNSUPPORTED',
      hint: 'apt install bubblewrap',
    });
  },
);

test('a line that has to be contained is refused where nothing contains it', async () => {
  const request = await host.submit('true', { options: { unsandboxed: false } });
  await expect(host.run(request, { path: '/nowhere' })).rejects.toMatchObject({
    code: 'PREFISH_SANDBOX_MISSING',
  });
});

test('what an agent said last is the message of the commit', async () => {
  const say = (text: string): string =>
    `printf '%s\\n' '${JSON.stringify({ type: 'message', role: 'agent', text })}' >&3`;
  const tool = `echo '{"type":"tool","id":"1","title":"edit","status":"completed"}' >&3`;
  const line = [say('First I look.'), tool, 'echo x > new', say('Add a file'), say('\n\nIt is new.')].join(
    '; ',
  );
  const request = await host.submit(line, { options: { unsandboxed: true } });
  const run = await host.run(request);
  const { remote } = await host.repositories.locate(request.repo);
  expect(host.git('--git-dir', remote, 'log', '-1', '--format=%B', run.result!.commit)).toBe(
    `Add a file\n\nIt is new.\n\nprefish task ${request.id}`,
  );
});
