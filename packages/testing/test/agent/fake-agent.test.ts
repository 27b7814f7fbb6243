import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type ClientConnection,
  type InitializeResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fakeAgent, type FakeAgentOptions } from '../../src/agent/index.ts';

/** The agent in a process of its own, and the client's side of the protocol. */
interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly agent: ClientConnection['agent'];
  readonly hello: InitializeResponse;
  readonly cwd: string;
  readonly updates: SessionUpdate[];
  /** The texts of the updates of one kind. */
  texts(kind: 'agent_message_chunk' | 'agent_thought_chunk' | 'user_message_chunk'): string;
  open(): Promise<string>;
  prompt(sessionId: string, ...lines: string[]): Promise<{ stopReason: string }>;
  sees(kind: SessionUpdate['sessionUpdate']): Promise<SessionUpdate>;
}

async function start(
  options: FakeAgentOptions = {},
  answer: (request: RequestPermissionRequest) => RequestPermissionResponse = () => ({
    outcome: { outcome: 'cancelled' },
  }),
): Promise<Started> {
  const cwd = await mkdtemp(join(tmpdir(), 'prefish-agent-'));
  const { command, args, env } = fakeAgent(options);
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(cwd, { recursive: true });
  });
  const updates: SessionUpdate[] = [];
  const arrived = new EventTarget();
  const { agent } = client({ name: 'test' })
    .onNotification(methods.client.session.update, ({ params }) => {
      updates.push(params.update);
      arrived.dispatchEvent(new Event('update'));
    })
    .onRequest(methods.client.session.requestPermission, ({ params }) => answer(params))
    .connect(
      ndJsonStream(
        Writable.toWeb(child.stdin) as WritableStream<Uint8Array>,
        Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
      ),
    );
  const hello = await agent.request(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION });
  return {
    child,
    agent,
    hello,
    cwd,
    updates,
    texts: (kind) =>
      updates
        .map((update) =>
          update.sessionUpdate === kind && 'content' in update && update.content && 'text' in update.content
            ? update.content.text
            : '',
        )
        .join(''),
    open: async () => (await agent.request(methods.agent.session.new, { cwd, mcpServers: [] })).sessionId,
    prompt: (sessionId, ...lines) =>
      agent.request(methods.agent.session.prompt, {
        sessionId,
        prompt: [{ type: 'text', text: lines.join('\n') }],
      }),
    async sees(kind) {
      for (;;) {
        const found = updates.find(({ sessionUpdate }) => sessionUpdate === kind);
        if (found !== undefined) return found;
        await once(arrived, 'update');
      }
    },
  };
}

describe('its prompt is what it does', () => {
  test('it says, thinks, plans, counts, edits and runs', async () => {
    const t = await start();
    const session = await t.open();
    const { stopReason } = await t.prompt(
      session,
      'context that is no step',
      'think about it',
      'plan look; mend; test',
      String.raw`edit src/a.txt <<one\ntwo`,
      'run cat src/a.txt; exit 3',
      'usage 1200',
      String.raw`say done\nnow`,
    );
    expect(stopReason).toBe('end_turn');
    expect(t.texts('agent_thought_chunk')).toBe('about it\n');
    expect(t.texts('agent_message_chunk')).toBe('done\nnow\n');
    await expect(readFile(join(t.cwd, 'src/a.txt'), 'utf8')).resolves.toBe('one\ntwo\n');
    const file = join(t.cwd, 'src/a.txt');
    expect(t.updates.filter(({ sessionUpdate }) => !/chunk|commands/.test(sessionUpdate))).toMatchObject([
      {
        sessionUpdate: 'plan',
        entries: [
          { content: 'look', status: 'in_progress' },
          { content: 'mend', status: 'pending' },
          { content: 'test', status: 'pending' },
        ],
      },
      { sessionUpdate: 'tool_call', kind: 'edit', title: 'Edit src/a.txt', locations: [{ path: file }] },
      { status: 'completed', content: [{ type: 'diff', path: file, oldText: null, newText: 'one\ntwo\n' }] },
      { sessionUpdate: 'tool_call', kind: 'execute', status: 'in_progress' },
      { status: 'failed', rawOutput: { code: 3 }, content: [{ content: { text: 'one\ntwo\n' } }] },
      { sessionUpdate: 'usage_update', used: 1200 },
    ]);
  });

  test('what is no step is repeated', async () => {
    const t = await start();
    await t.prompt(await t.open(), 'Hello', 'there');
    expect(t.texts('agent_message_chunk')).toBe('You said: Hello\nthere\n');
  });

  test.each([
    ['reject', 'Delete it?: No\n'],
    ['allow', 'Delete it?: Yes\n'],
  ])('it asks, and takes %s for an answer', async (optionId, said) => {
    const t = await start({}, ({ options, toolCall }) => {
      expect(toolCall.title).toBe('Delete it?');
      expect(options.map(({ kind }) => kind)).toEqual(['allow_once', 'allow_always', 'reject_once']);
      return { outcome: { outcome: 'selected', optionId } };
    });
    await t.prompt(await t.open(), 'ask Delete it?');
    expect(t.texts('agent_message_chunk')).toBe(said);
  });

  test('it tells its commands', async () => {
    const t = await start();
    await t.open();
    expect(await t.sees('available_commands_update')).toMatchObject({
      availableCommands: [{ name: 'review' }, { name: 'explain', input: { hint: 'PATH' } }],
    });
  });
});

describe('told to stop', () => {
  test.each(['hang', 'sleep 3600000', 'run sleep 4711', 'flood 1000000000'])(
    'it stops at %j',
    async (step) => {
      const t = await start();
      const session = await t.open();
      const turn = t.prompt(session, 'say here', step, 'say never');
      await t.sees('agent_message_chunk');
      await t.agent.notify(methods.agent.session.cancel, { sessionId: session });
      expect(await turn).toEqual({ stopReason: 'cancelled' });
      expect(t.texts('agent_message_chunk')).not.toContain('never');
      expect(await t.prompt(session, 'say again')).toEqual({ stopReason: 'end_turn' });
    },
  );

  test('it goes on where that is what is tested', async () => {
    const t = await start();
    const session = await t.open();
    const turn = t.prompt(session, 'ignore-cancel', 'say here', 'sleep 100', 'say still here');
    await t.sees('agent_message_chunk');
    await t.agent.notify(methods.agent.session.cancel, { sessionId: session });
    expect(await turn).toEqual({ stopReason: 'end_turn' });
    expect(t.texts('agent_message_chunk')).toBe('here\nstill here\n');
  });

  test('while it asks, the turn is cancelled', async () => {
    const t = await start();
    expect(await t.prompt(await t.open(), 'ask Sure?')).toEqual({ stopReason: 'cancelled' });
  });
});

describe('what goes wrong', () => {
  test('it ends its process', async () => {
    const t = await start();
    const turn = t.prompt(await t.open(), 'log last words', 'crash');
    turn.catch(() => {});
    const [words] = await Promise.all([once(t.child.stderr, 'data'), once(t.child, 'exit')]);
    expect([String(words), t.child.exitCode]).toEqual(['last words\n', 7]);
    await expect(turn).rejects.toThrow();
  });

  test('it fails, refuses, or wants a login in the middle', async () => {
    const t = await start();
    const session = await t.open();
    await expect(t.prompt(session, 'fail no more tokens')).rejects.toThrow('no more tokens');
    await expect(t.prompt(session, 'needs-login')).rejects.toMatchObject({ code: -32000 });
    expect(await t.prompt(session, 'stop refusal')).toEqual({ stopReason: 'refusal' });
  });

  test('it prints what is no message', async () => {
    const t = await start();
    const chunks: string[] = [];
    t.child.stdout.on('data', (data) => chunks.push(String(data)));
    await t.prompt(await t.open(), 'garbage', 'say well').catch(() => {});
    expect(chunks.join('')).toContain('this is { no message\n');
  });

  test('it speaks another version', async () => {
    expect((await start({ wrongVersion: true })).hello.protocolVersion).toBe(99);
  });

  test('it wants a login first', async () => {
    const t = await start({ needsLogin: true });
    expect(t.hello.authMethods).toMatchObject([{ id: 'fake-login' }]);
    await expect(t.open()).rejects.toMatchObject({ code: -32000 });
    await t.agent.request(methods.agent.authenticate, { methodId: 'fake-login' });
    await expect(t.open()).resolves.toMatch(/^fake-/);
  });
});

test('sessions are loaded by another process, where they are kept', async () => {
  const sessions = await mkdtemp(join(tmpdir(), 'prefish-sessions-'));
  onTestFinished(() => rm(sessions, { recursive: true }));
  const first = await start({ sessions });
  const sessionId = await first.open();
  await first.prompt(sessionId, 'say remembered');
  const second = await start({ sessions });
  expect(second.hello.agentCapabilities).toMatchObject({ loadSession: true });
  await second.agent.request(methods.agent.session.load, { sessionId, cwd: second.cwd, mcpServers: [] });
  expect(second.texts('user_message_chunk')).toBe('say remembered');
  expect(second.texts('agent_message_chunk')).toBe('remembered\n');
  expect((await start()).hello.agentCapabilities).toMatchObject({ loadSession: false });
});
