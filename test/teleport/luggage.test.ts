import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  definePlugin,
  PrefishError,
  type Luggage,
  type Plugin,
  type RunContext,
  type TeleportNeeds,
} from '@prefish/core';
import type { SubmitTask } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import { testShell, type TestShell, type TestShellOptions } from '@prefish/testing';
import { testServer } from '@prefish/testing/server';
import { describe, expect, test } from 'vitest';
import { shell as shellPlugin } from '../../plugins/shell/src/index.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';
import { teleport } from '../../plugins/teleport/src/index.ts';

const secret = 'sk-never-seen-again';

const luggage: Luggage = {
  settings: { agent: 'test' },
  files: { 'conversation.md': '# So far\n' },
  models: [{ api: 'anthropic', url: 'https://api.anthropic.com', secret, header: 'x-api-key' }],
  programs: ['/opt/agents/bin/agent', '/usr/bin/env'],
  summary: ['the conversation (12 messages)', 'leave to use anthropic'],
};

/** An owner of plain text, with these needs. */
function owner(needs: TeleportNeeds): Plugin {
  return definePlugin({
    name: 'prefish-plugin-owner',
    api: '^1',
    setup(shell) {
      shell.prefix({
        id: 'agent',
        token: '',
        summary: 'Takes plain text',
        teleport: { network: 'none', ...needs },
        run: () => ({ type: 'ok' }),
      });
    },
  })();
}

interface Setting extends AsyncDisposable {
  readonly shell: TestShell;
  /** What was sent to the server, to make tasks. */
  readonly sent: (SubmitTask & { readonly path: string })[];
  readonly client: ServerClient;
  readonly outbox: string;
  /** What keeps requests from arriving. */
  cut: PrefishError | undefined;
}

async function setting(needs: TeleportNeeds, options: Partial<TestShellOptions> = {}): Promise<Setting> {
  const server = await testServer({
    prefixes: [
      { id: 'shell', token: '!' },
      { id: 'agent', token: '' },
    ],
    async run(_claim, log) {
      await log.started('none');
      return { exit: { code: 0 } };
    },
  });
  const transport = createHttpTransport({ socketPath: server.socketPath });
  const sent: SubmitTask[] = [];
  const client = new ServerClient((request) => {
    const { method, path, body = '{}' } = request;
    if (method === 'POST' && path === '/v1/tasks') sent.push(JSON.parse(body) as SubmitTask);
    return transport(request);
  });
  const connect = async (): Promise<ServerClient> => {
    if (made.cut !== undefined) throw made.cut;
    return client;
  };
  const plugins = [
    shellPlugin(),
    owner(needs),
    tasks(),
    teleport({ ...server.teleport, connect, allow: ['registry.example'] }),
  ];
  const shell = await testShell({ plugins, ...options });
  await shell.write('a', '1\n');
  const made: Setting = {
    shell,
    sent,
    client,
    outbox: join(server.teleport.folders.data, 'outbox'),
    cut: undefined,
    async [Symbol.asyncDispose]() {
      await shell.close();
      await server.close();
    },
  };
  return made;
}

describe('what the owner of a line sends along', () => {
  test('goes with it: settings and texts, leave to use models, and where its programs are', async () => {
    const bodies: string[] = [];
    const prepare = (body: string, { cwd }: RunContext): Luggage => {
      bodies.push(`${body} in ${cwd}`);
      return luggage;
    };
    await using t = await setting({ prepare, repeatable: true, contained: true, label: () => 'A title' });
    const { exit } = await t.shell.submit('& go on with that', { origin: 'script' });
    expect(exit).toEqual({ code: 0 });
    expect(bodies).toEqual([`go on with that in ${t.shell.cwd}`]);
    const [{ path, ...request } = expect.fail('nothing was sent')] = t.sent;
    expect(request).toMatchObject({
      line: 'go on with that',
      title: 'A title',
      enclosed: { settings: luggage.settings, files: luggage.files },
      models: luggage.models,
      options: { retries: 2, unsandboxed: false, network: 'none' },
    });
    expect(path.split(':')).toContain('/opt/agents/bin');
    expect(path.split(':').filter((folder) => folder === '/usr/bin')).toHaveLength(1);
    expect(t.shell.text).toContain('with the conversation (12 messages) · leave to use anthropic');
    expect(JSON.stringify([t.shell.events, t.shell.text])).not.toContain(secret);
  });

  test('is said by --dry-run, and nothing is sent', async () => {
    await using t = await setting({ prepare: () => luggage });
    await t.shell.submit('& --dry-run go on', { origin: 'script' });
    expect(t.shell.text).toMatch(
      /with the conversation \(12 messages\)[^]*network none, and its model\nnothing was sent: --dry-run\n/,
    );
    expect(t.sent).toEqual([]);
  });

  test('waits with it in a file that only the user can read, and leaves it when the server refuses', async () => {
    await using t = await setting({ prepare: () => luggage });
    t.cut = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');
    await t.shell.submit('& go on', { origin: 'script' });
    const [name = ''] = (await readdir(t.outbox)).filter((entry) => entry.endsWith('.json'));
    const file = join(t.outbox, name);
    expect(await readFile(file, 'utf8')).toContain(secret);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const entry = JSON.parse(await readFile(file, 'utf8')) as { request: { options: object } };
    entry.request.options = { network: 'allowlist', timeout: -1 };
    await writeFile(file, JSON.stringify(entry));
    t.cut = undefined;
    await t.shell.shell.tasks.list({}, AbortSignal.timeout(5000));
    const kept = await readFile(file, 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ problem: { code: expect.any(String) } });
    expect(kept).not.toContain(secret);

    expect(await t.shell.command('tasks', ['retry', '@last'])).toMatchObject({ exit: { code: 0 } });
    const again = await readFile(file, 'utf8');
    expect(JSON.parse(again)).not.toHaveProperty('problem');
    expect(again).toContain(secret);
  });

  test('what its options say counts for more: --retries, --network; only an allowlist has hosts', async () => {
    await using t = await setting({ prepare: () => ({}), repeatable: true });
    await t.shell.submit('& --retries 0 --network full go on', { origin: 'script' });
    expect(t.sent).toMatchObject([{ options: { retries: 0, network: 'full', unsandboxed: true } }]);
    expect(t.sent[0]).not.toHaveProperty('enclosed');
    expect(t.sent[0]).not.toHaveProperty('models');
    expect(t.sent[0]!.options).not.toHaveProperty('allow');
  });

  test('refuses the line where it is refused itself, before anything is sent', async () => {
    await using t = await setting({
      prepare() {
        throw new PrefishError('PREFISH_CREDENTIAL_MISSING', 'There is no credential', {
          hint: 'keys set X',
        });
      },
    });
    for (const line of ['& go on', '& --dry-run go on']) {
      expect(await t.shell.submit(line, { origin: 'script' })).toMatchObject({
        exit: { code: 2 },
        error: {
          code: 'PREFISH_CREDENTIAL_MISSING',
          message: 'There is no credential; nothing was sent',
          hint: 'keys set X',
        },
      });
    }
    expect(t.sent).toEqual([]);
    expect(await t.client.list()).toEqual({ tasks: [] });
  });

  test('names the plugin that fails in it', async () => {
    await using t = await setting({
      prepare() {
        throw new TypeError('x is undefined');
      },
    });
    expect(await t.shell.submit('& go on', { origin: 'script' })).toMatchObject({
      error: {
        code: 'PREFISH_PLUGIN_FAILED',
        message: expect.stringMatching(/^prefish-plugin-owner failed .*x is undefined; nothing was sent$/),
      },
    });
  });
});

describe('plain text', () => {
  test('that begins with a token there is sent such that it stays plain text', async () => {
    await using t = await setting({});
    for (const text of ['\\!important', 'plain', '  indented']) {
      await t.shell.submit(`& -- ${text}`, { origin: 'script' });
    }
    expect(t.sent.map(({ line }) => line)).toEqual(['\\!important', 'plain', 'indented']);
  });

  test('that reads like a command goes to its owner with a warning where nobody can be asked', async () => {
    await using t = await setting({});
    await t.shell.submit('& ls -l', { origin: 'script' });
    expect(t.sent).toMatchObject([{ line: 'ls -l' }]);
    expect(t.shell.events).toContainEqual(
      expect.objectContaining({ code: 'PREFISH_MEANT_COMMAND', hint: 'To run it: & !ls -l' }),
    );
  });

  test('is asked about at a terminal, the command first', async () => {
    await using t = await setting({}, { terminal: true, answers: (question) => question.choices?.[0] });
    await t.shell.submit('& ls -l', { origin: 'script' });
    expect(t.shell.questions).toMatchObject([
      { choices: [expect.stringMatching(/^& !ls -l/), expect.stringMatching(/^& ls -l/)] },
    ]);
    expect(t.sent).toMatchObject([{ line: '!ls -l' }]);
  });

  test('that begins with a script of the folder too; a sentence is not asked about', async () => {
    await using t = await setting({});
    await t.shell.write('tool.sh', '#!/bin/sh\n');
    await t.shell.submit('& ./tool.sh now', { origin: 'script' });
    await chmod(join(t.shell.cwd, 'tool.sh'), 0o755);
    expect(t.shell.events.filter(({ type }) => type === 'warning')).toEqual([]);
    await t.shell.submit('& ./tool.sh now', { origin: 'script' });
    await t.shell.submit('& find the bug', { origin: 'script' });
    const warnings = t.shell.events.filter(({ type }) => type === 'warning');
    expect(warnings).toMatchObject([{ code: 'PREFISH_MEANT_COMMAND' }]);
  });
});
