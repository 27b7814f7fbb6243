import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Luggage, RunContext } from '@prefish/core';
import { definePlugin } from '@prefish/core';
import { fakeAgent } from '@prefish/testing/agent';
import { describe, expect, test } from 'vitest';
import { shell } from '../../../shell/src/index.ts';
import { agentShell, temporaryFolder, type AgentShellOptions } from '../agent-shell.ts';

/** A plugin whose prefix `&` packs what stands behind it, as teleporting does. */
const packing = definePlugin({
  name: 'prefish-plugin-packing',
  api: '^1',
  setup(own) {
    own.prefix({
      id: 'pack',
      token: '&',
      summary: 'Pack a line',
      async run(body, context: RunContext) {
        const { teleport } = context.shell.prefixes.find(({ id }) => id === 'agent')!;
        if (teleport === false) throw new Error('the agent stays');
        const luggage = await teleport.prepare?.(body, context);
        return { type: 'ok', data: luggage };
      },
    });
  },
});

/** A shell with `&`, a folder of programs named like agents, and no credential. */
async function packer({ env = {}, ...options }: AgentShellOptions & { programs?: readonly string[] } = {}) {
  const bin = await temporaryFolder();
  for (const name of options.programs ?? []) await writeFile(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
  return agentShell({
    answers: 'nobody',
    ...options,
    plugins: [shell(), packing()],
    env: { SHELL: '/bin/bash', PATH: `${bin}:/usr/bin:/bin`, ...env },
  });
}

async function packed(t: Awaited<ReturnType<typeof packer>>, message: string): Promise<Luggage> {
  const { data, error } = await t.submit(`& ${message}`);
  if (error !== undefined) throw error;
  return data as Luggage;
}

function jwt(expires: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: expires })}.`;
}

async function codexLogin(home: string, auth: unknown): Promise<void> {
  await mkdir(join(home, '.codex'), { recursive: true });
  await writeFile(join(home, '.codex', 'auth.json'), JSON.stringify(auth));
}

describe('the credential', () => {
  test.each([
    [
      'claude-agent-acp',
      { ANTHROPIC_API_KEY: 'k' },
      { api: 'anthropic', url: 'https://api.anthropic.com', secret: 'k', header: 'x-api-key' },
    ],
    [
      'claude-agent-acp',
      { ANTHROPIC_AUTH_TOKEN: 't', ANTHROPIC_BASE_URL: 'http://localhost:9/a/v1/' },
      { api: 'anthropic', url: 'http://localhost:9/a', secret: 't', header: 'authorization' },
    ],
    [
      'codex-acp',
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://localhost:9/v1' },
      { api: 'openai', url: 'http://localhost:9', secret: 'k', header: 'authorization' },
    ],
    [
      'gemini',
      { GOOGLE_API_KEY: 'k' },
      {
        api: 'google',
        url: 'https://generativelanguage.googleapis.com',
        secret: 'k',
        header: 'x-goog-api-key',
      },
    ],
    ['opencode', { GEMINI_API_KEY: 'g', OPENAI_API_KEY: 'o' }, { api: 'openai', secret: 'o' }],
  ])('of %s is the variable of its API', async (program, env, access) => {
    await using t = await packer({ programs: [program], env });
    const { models, programs, settings } = await packed(t, 'hi');
    expect(models).toMatchObject([access]);
    expect(programs?.[0]).toMatch(new RegExp(`/${program}$`));
    expect(JSON.stringify(settings)).not.toContain('"secret"');
  });

  test('else a key that was kept; a token that Claude Code alone can use comes last', async () => {
    const data = await temporaryFolder();
    const keys = (text: string) => writeFile(join(data, 'keys.json'), text, { mode: 0o600 });
    await keys('{"CLAUDE_CODE_OAUTH_TOKEN":"oauth","OPENAI_API_KEY":"o"}');
    await using claude = await packer({ programs: ['claude-agent-acp'], data });
    const own = await packed(claude, 'hi');
    expect(own.models).toMatchObject([
      { secret: 'oauth', header: 'authorization', headers: { 'anthropic-beta': 'oauth-2025-04-20' } },
    ]);
    expect(own.settings).toMatchObject({ login: true });
    await keys('{"CLAUDE_CODE_OAUTH_TOKEN":"oauth","ANTHROPIC_API_KEY":"kept"}');
    expect(await packed(claude, 'hi')).toMatchObject({
      models: [{ secret: 'kept' }],
      settings: { login: false },
    });
    await keys('{"CLAUDE_CODE_OAUTH_TOKEN":"oauth"}');
    await using other = await packer({ programs: ['opencode'], data });
    await expect(packed(other, 'hi')).rejects.toMatchObject({ code: 'PREFISH_CREDENTIAL_MISSING' });
  });

  test('that is missing refuses the line, naming the one command', async () => {
    await using t = await packer({ programs: ['claude-agent-acp'] });
    const { error, code } = await t.submit('& hi');
    expect(code).toBe(2);
    expect(error).toMatchObject({
      code: 'PREFISH_CREDENTIAL_MISSING',
      message: 'Claude Code has no credential that a task may use; nothing was sent',
      hint: 'prefish keys set ANTHROPIC_API_KEY',
    });
  });

  test('says where it will be shown, where that is not the usual place', async () => {
    const summaryAt = async (url: string): Promise<readonly string[] | undefined> => {
      const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: url };
      await using t = await packer({ programs: ['codex-acp'], env });
      return (await packed(t, 'hi')).summary;
    };
    expect(await summaryAt('https://api.openai.com/v1')).toEqual([
      'the agent Codex',
      'leave to use OPENAI_API_KEY',
    ]);
    expect(await summaryAt('https://llm.example.com/v1')).toEqual([
      'the agent Codex',
      'leave to use OPENAI_API_KEY at llm.example.com',
    ]);
    expect(await summaryAt('http://localhost:4000')).toEqual([
      'the agent Codex',
      'leave to use OPENAI_API_KEY at localhost:4000',
    ]);
    expect(await summaryAt('http://llm.example.com')).toEqual([
      'the agent Codex',
      'leave to use OPENAI_API_KEY at llm.example.com, unencrypted',
    ]);
  });

  test.each(['one\ntwo', 'a b', 'ké'])(
    'that no header can hold refuses it, and is not told: %j',
    async (key) => {
      await using t = await packer({ programs: ['codex-acp'], env: { OPENAI_API_KEY: key } });
      const { error } = await t.submit('& hi');
      expect(error).toMatchObject({
        code: 'PREFISH_KEY_INVALID',
        message: expect.stringContaining('OPENAI_API_KEY'),
      });
      expect(error?.message).not.toContain(key);
    },
  );

  test('a base URL that is none refuses it too', async () => {
    await using t = await packer({
      programs: ['codex-acp'],
      env: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'ftp://u:p@x' },
    });
    await expect(packed(t, 'hi')).rejects.toMatchObject({ code: 'PREFISH_KEY_INVALID' });
  });

  test('is in none of what the task can see', async () => {
    const { command, args, env } = fakeAgent();
    await using t = await packer({
      agent: {
        command,
        args,
        env: {
          ...env,
          MY_TOKEN: 'hush',
          ANTHROPIC_API_KEY: 'hush',
          ANTHROPIC_CUSTOM_HEADERS: 'authorization: hush',
          OTHER_APIKEY: 'hush',
          GH_PAT: 'hush',
          BASIC_AUTH: 'hush',
          DB_PASS: 'hush',
        },
        model: 'anthropic',
      },
    });
    const { models, ...rest } = await packed(t, 'hi');
    expect(models).toMatchObject([{ secret: 'hush' }]);
    expect(JSON.stringify(rest)).not.toContain('hush');
    expect(rest.settings).toMatchObject({
      agent: { kind: 'acp', file: command, args, env },
      permissions: 'allow',
    });
    expect(rest.programs).toEqual([command, ...args]);
    expect(rest.summary).toContain(
      'not MY_TOKEN, ANTHROPIC_API_KEY, ANTHROPIC_CUSTOM_HEADERS, OTHER_APIKEY, GH_PAT, BASIC_AUTH, DB_PASS of the agent’s configuration',
    );
  });

  test('is not needed where the configuration says so', async () => {
    await using t = await packer({ agent: { exec: ['/bin/sh', '-c', 'cat'], model: 'none' } });
    expect((await packed(t, 'hi')).models).toBeUndefined();
  });
});

describe('the model that was chosen', () => {
  test.each([
    ['claude-agent-acp', { ANTHROPIC_MODEL: 'opus', OPENAI_MODEL: 'x' }, { ANTHROPIC_MODEL: 'opus' }],
    ['gemini', { GEMINI_MODEL: 'gemini-2.5-pro', ANTHROPIC_MODEL: 'x' }, { GEMINI_MODEL: 'gemini-2.5-pro' }],
    [
      'codex-acp',
      { CODEX_CONFIG: '{"model":"gpt-5","model_reasoning_effort":"high","api":{"key":"hush"}}' },
      { CODEX_CONFIG: '{"model":"gpt-5","model_reasoning_effort":"high"}' },
    ],
    ['codex-acp', { CODEX_CONFIG: '{"model":' }, {}],
    ['claude-agent-acp', { ANTHROPIC_MODEL: 'https://me:hush@host/model' }, {}],
  ])('by a variable that %s reads goes along', async (program, env, expected) => {
    const credentials = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', GEMINI_API_KEY: 'k' };
    await using t = await packer({ programs: [program], env: { ...credentials, ...env } });
    const { settings, summary } = await packed(t, 'hi');
    expect((settings as { agent: { env: unknown } }).agent.env).toEqual(expected);
    const [name] = Object.keys(expected);
    if (name !== undefined) expect(summary).toContain(`the chosen model (${name})`);
  });

  test('is that of the agent’s configuration, where it has one', async () => {
    const agent = {
      ...fakeAgent(),
      env: { ANTHROPIC_MODEL: 'configured' },
      model: 'none',
    } as const;
    await using t = await packer({ agent, env: { ANTHROPIC_MODEL: 'a', OPENAI_MODEL: 'b' } });
    expect((await packed(t, 'hi')).settings).toMatchObject({
      agent: { env: { ANTHROPIC_MODEL: 'configured', OPENAI_MODEL: 'b' } },
    });
  });
});

describe('Codex’s login', () => {
  const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

  test('is used once the user has said yes, and the answer is remembered', async () => {
    const state = await temporaryFolder();
    await using t = await packer({ programs: ['codex-acp'], state, answers: { login: true } });
    const token = jwt(soon(3600));
    await codexLogin(t.home, { OPENAI_API_KEY: null, tokens: { access_token: token, account_id: 'acc' } });
    const access = {
      url: 'https://chatgpt.com/backend-api/codex',
      secret: token,
      header: 'authorization',
      headers: { 'chatgpt-account-id': 'acc' },
    };
    expect(await packed(t, 'hi')).toMatchObject({ models: [access], settings: { login: true } });
    await packed(t, 'hi');
    expect(t.questions).toHaveLength(1);
    expect(t.questions[0]!.message).toBe('Let tasks use Codex’s login? It stays outside of the sandbox.');
  });

  test('without anybody to ask the line is refused; `keys allow` is the yes beforehand', async () => {
    await using t = await packer({ programs: ['codex-acp'] });
    await codexLogin(t.home, { tokens: { access_token: jwt(soon(3600)) } });
    await expect(packed(t, 'hi')).rejects.toMatchObject({
      code: 'PREFISH_CREDENTIAL_MISSING',
      hint: 'prefish keys allow codex',
    });
    await t.command('keys', ['allow', 'codex']);
    expect((await packed(t, 'hi')).models).toHaveLength(1);
    await t.command('keys', ['disallow', 'codex']);
    await expect(packed(t, 'hi')).rejects.toMatchObject({ hint: 'prefish keys set OPENAI_API_KEY' });
  });

  test('is the user’s, and never one that lies in the folder', async () => {
    const cwd = await temporaryFolder();
    await codexLogin(cwd, { OPENAI_API_KEY: 'of-the-repository' });
    for (const env of [{ HOME: '' }, { HOME: '', CODEX_HOME: '.codex' }]) {
      await using t = await packer({ programs: ['codex-acp'], cwd, env, answers: { login: true } });
      const there = process.cwd();
      process.chdir(cwd);
      try {
        await expect(packed(t, 'hi')).rejects.toMatchObject({ code: 'PREFISH_CREDENTIAL_MISSING' });
      } finally {
        process.chdir(there);
      }
    }
  });

  test('that has expired is said to be', async () => {
    await using t = await packer({ programs: ['codex-acp'] });
    await codexLogin(t.home, { tokens: { access_token: jwt(soon(-1)) } });
    await expect(packed(t, 'hi')).rejects.toMatchObject({
      message: 'The token of Codex’s login has expired; nothing was sent',
      hint: 'Run codex once: that renews it.',
    });
  });
});

describe('the conversation', () => {
  test('goes along with the output that waits, which stays for the next message here', async () => {
    await using t = await packer({ agent: { ...fakeAgent(), model: 'none' } });
    expect((await packed(t, 'hi')).files).toBeUndefined();
    await t.submit('say first\nedit a.txt <<x');
    await t.submit('!echo printed; exit 3');
    const { files, summary } = await packed(t, 'go on with that');
    const text = files!['conversation.md']!;
    expect(text).toContain(
      '## The user\n\nsay first\nedit a.txt <<x\n\n## The agent\n\nfirst\n\n- did: Edit a.txt\n',
    );
    expect(text).toMatch(
      /## In the user’s shell since\n\n```\n\$ echo printed; exit 3\nprinted\n\[exit code 3\]\n```\n$/,
    );
    expect(summary).toEqual(['the agent node', 'the conversation (2 messages)', 'the output of 1 line']);
    expect((await t.submit('/context')).message).toMatch(/^\$ echo printed[^]*With & go the 2 messages/);
    await t.submit('/clear');
    expect((await packed(t, 'hi')).files).toBeUndefined();
  });

  test('of an earlier prefish goes along with --continue, before any message', async () => {
    const [state, cwd] = [await temporaryFolder(), await temporaryFolder()];
    const agent = { ...fakeAgent({ sessions: await temporaryFolder() }), model: 'none' } as const;
    {
      await using first = await packer({ agent, state, cwd });
      await first.submit('say earlier');
    }
    await using second = await packer({ agent, state, cwd, resume: 'last' });
    expect((await packed(second, 'go on')).files!['conversation.md']).toContain('earlier');
  });

  test('of another project stays', async () => {
    await using t = await packer({ agent: { ...fakeAgent(), model: 'none' } });
    await t.submit('!!mkdir -p one/.git two/.git && cd one');
    await t.submit('say in one');
    await t.submit('!!cd ../two');
    expect((await packed(t, 'hi')).files).toBeUndefined();
  });

  test('with a plain command is carried too', async () => {
    await using t = await packer({ agent: { exec: ['/bin/sh', '-c', 'echo "got $(cat)"'], model: 'none' } });
    await t.submit('one');
    expect((await packed(t, 'two')).files!['conversation.md']).toContain('## The agent\n\ngot one\n');
  });
});

test('what is not for the agent here is not for it there', async () => {
  await using t = await packer({ agent: { ...fakeAgent(), model: 'none' } });
  await expect(packed(t, 'exit')).rejects.toMatchObject({ code: 'PREFISH_USAGE' });
});

test('without an agent the line is refused, and may have been meant as a command', async () => {
  await using t = await packer();
  await expect(packed(t, 'npm test')).rejects.toMatchObject({
    code: 'PREFISH_AGENT_MISSING',
    message: expect.stringContaining('nothing was sent'),
    hint: expect.stringContaining('& !npm test'),
  });
});
