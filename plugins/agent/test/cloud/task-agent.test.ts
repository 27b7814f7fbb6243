import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Enclosed, Json } from '@prefish/core';
import { fakeAgent } from '@prefish/testing/agent';
import { describe, expect, test } from 'vitest';
import { agentShell, answer, oddAgent, temporaryFolder } from '../agent-shell.ts';

function settings(agent: object, permissions = 'allow'): Json {
  return { agent: { id: 'x', name: 'x', kind: 'acp', env: {}, ...agent }, permissions, login: false } as Json;
}

function fake(): { file: string; args: readonly string[]; env: Readonly<Record<string, string>> } {
  const { command, ...rest } = fakeAgent();
  return { file: command, ...rest };
}

/** The shell of a task to which this came along. */
function taskShell(enclosed: Partial<Enclosed> | undefined, env: Record<string, string> = {}) {
  return agentShell({
    answers: 'nobody',
    env: { PREFISH_TASK: 't1', ...env },
    ...(enclosed === undefined ? {} : { host: { enclosed: { files: {}, models: {}, ...enclosed } } }),
  });
}

test('a message goes to the agent that came along, and every permission is given', async () => {
  await using t = await taskShell({ settings: settings(fake()) });
  const { events, code } = await t.submit('ask Delete all?\nsay done');
  expect(code).toBe(0);
  expect(answer({ events })).toBe('Delete all?: Yes\ndone\n');
  expect(events.filter(({ type }) => type === 'warning' || type === 'question')).toEqual([]);
});

test('an agent that does nothing but ask is stopped', async () => {
  const { command: file, args } = oddAgent('nag');
  await using t = await taskShell({ settings: settings({ file, args }) });
  const { error, events } = await t.submit('go');
  expect(error).toMatchObject({ code: 'PREFISH_AGENT_PERMISSION' });
  expect(events.filter(({ type }) => type === 'tool')).toHaveLength(1001);
});

test('what a program without a protocol prints is what the agent says', async () => {
  const program = { kind: 'exec', file: '/bin/sh', args: ['-c', 'echo done; echo careful >&2'] };
  await using t = await taskShell({ settings: settings(program) });
  const { events, code } = await t.submit('go');
  expect(code).toBe(0);
  expect(answer({ events })).toBe('done\n');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'output', stream: 'stderr', text: 'careful\n' }),
  );
});

test('or asked, where that was configured: the answer is an event', async () => {
  const incoming = (async function* () {
    yield* [] as { type: string }[];
    await new Promise(() => {});
  })();
  await using t = await agentShell({
    answers: 'nobody',
    env: { PREFISH_TASK: 't1' },
    host: { incoming, enclosed: { files: {}, models: {}, settings: settings(fake(), 'ask') } },
  });
  const stop = new AbortController();
  const running = t.submit('ask Delete all?', { signal: stop.signal });
  await expect.poll(() => t.events.map(({ type }) => type)).toContain('question');
  stop.abort();
  await running;
});

test('one whose program the task does not have is named; one that ends is not promised to come back', async () => {
  await using missing = await taskShell({ settings: settings({ file: '/nowhere/my-agent', args: [] }) });
  expect((await missing.submit('say hi')).error).toMatchObject({
    code: 'PREFISH_AGENT_START',
    message: expect.stringContaining('/nowhere/my-agent is not in this task'),
  });
  await using crashing = await taskShell({ settings: settings(fake()) });
  expect((await crashing.submit('crash')).error).toMatchObject({
    code: 'PREFISH_AGENT_ENDED',
    hint: expect.stringMatching(/tasks retry \S+ runs/),
  });
  const { command: node } = oddAgent('mode');
  await using lost = await taskShell({ settings: settings({ file: node, args: ['/nowhere/agent.mjs'] }) });
  expect((await lost.submit('say hi')).error).toMatchObject({
    code: 'PREFISH_AGENT_ENDED',
    hint: `It runs as “${node} /nowhere/agent.mjs”, which has to be there where the task runs.`,
  });
  expect((await crashing.submit('needs-login')).error).toMatchObject({
    code: 'PREFISH_AGENT_LOGIN',
    hint: expect.stringContaining('prefish keys'),
  });
});

test.each([
  ['the one in which it asks for nothing', 'allow', {}, 'bypassPermissions'],
  ['its own, where it is to ask', 'ask', {}, 'default'],
  ['the configured one', 'allow', { mode: 'plan' }, 'plan'],
])('it works in a mode: %s', async (_which, permissions, configured, mode) => {
  const { command: file, args } = oddAgent('mode');
  const agent = { id: 'claude', file, args, ...configured };
  await using t = await taskShell({ settings: settings(agent, permissions) });
  expect(answer(await t.submit('hi'))).toBe(mode);
});

test('the agent is told where to read the conversation, with the first message', async () => {
  const conversation = join(await temporaryFolder(), 'conversation.md');
  await using t = await taskShell({
    settings: settings({ file: oddAgent('echo').command, args: oddAgent('echo').args }),
    files: { 'conversation.md': conversation },
  });
  const [first, message] = JSON.parse(answer(await t.submit('go on'))) as { text: string }[];
  expect(first!.text).toContain(conversation);
  expect(message!.text).toBe('go on');
  expect(answer(await t.submit('again'))).toBe('[{"type":"text","text":"again"}]');
});

describe('a plain command', () => {
  const program = (script: string) => settings({ kind: 'exec', file: '/bin/sh', args: ['-c', script] });

  test('has the gateway in its variables', async () => {
    await using t = await taskShell({
      settings: program('echo "$ANTHROPIC_BASE_URL"'),
      models: { anthropic: { url: 'http://127.0.0.1:1/anthropic', token: 't' } },
    });
    expect((await t.submit('hi')).stdout).toBe('http://127.0.0.1:1/anthropic\n');
  });

  test('is told of the conversation', async () => {
    await using t = await taskShell({ settings: program('cat'), files: { 'conversation.md': '/c.md' } });
    expect(answer(await t.submit('hi'))).toMatch(/^\(.* \/c\.md\. .*\)\n\nhi$/);
  });
});

test('files of its settings never replace the user’s own: outside of a sandbox the agent has a home of its own', async () => {
  const bin = await temporaryFolder();
  const program = join(bin, 'codex');
  await writeFile(program, '#!/bin/sh\ncat "$CODEX_HOME/config.toml"\n', { mode: 0o755 });
  await using t = await taskShell({
    settings: settings({ kind: 'exec', id: 'codex', file: program, args: [] }),
    models: { openai: { url: 'http://127.0.0.1:1/openai', token: 't' } },
  });
  await mkdir(join(t.home, '.codex'));
  const own = join(t.home, '.codex', 'config.toml');
  await writeFile(own, 'mine');
  expect((await t.submit('hi')).stdout).toContain('http://127.0.0.1:1/openai');
  expect(await readFile(own, 'utf8')).toBe('mine');
});

test.each([[undefined], [{}], [{ settings: { agent: { kind: 'other' } } as Json }]])(
  'a task without an agent says so: %j',
  async (enclosed) => {
    await using t = await taskShell(enclosed);
    expect((await t.submit('hi')).error).toMatchObject({
      code: 'PREFISH_AGENT_MISSING',
      message: expect.stringContaining('sent without an agent'),
    });
  },
);
