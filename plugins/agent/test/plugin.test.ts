import { fakeAgent } from '@prefish/testing/agent';
import { shell } from '../../shell/src/index.ts';
import { describe, expect, test } from 'vitest';
import { agentShell, answer, oddAgent } from './agent-shell.ts';

test('a message and its answer are events, in order, as they come', async () => {
  await using t = await agentShell({ agent: fakeAgent() });
  const { events, code } = await t.submit('think hm\nplan a; b\nusage 12\nsay one\nsay two');
  expect(code).toBe(0);
  expect(events).toMatchObject([
    { type: 'message', role: 'user', text: 'think hm\nplan a; b\nusage 12\nsay one\nsay two' },
    { type: 'thought', text: 'hm\n' },
    {
      type: 'plan',
      entries: [
        { text: 'a', status: 'in-progress' },
        { text: 'b', status: 'pending' },
      ],
    },
    { type: 'usage', tokens: 12 },
    { type: 'message', role: 'agent', text: 'one\n' },
    { type: 'message', role: 'agent', text: 'two\n' },
    { type: 'exit', code: 0 },
  ]);
});

test('a tool call is one event for each change, with what it changes as a diff', async () => {
  await using t = await agentShell({ agent: fakeAgent() });
  await t.write('a.txt', 'old\n');
  const { events, text } = await t.submit('edit a.txt <<new\nrun echo out; exit 1');
  expect(await t.read('a.txt')).toBe('new\n');
  const tools = events.filter((event) => event.type === 'tool');
  expect(tools).toMatchObject([
    { title: 'Edit a.txt', status: 'in_progress', detail: { kind: 'edit', paths: [`${t.cwd}/a.txt`] } },
    { title: 'Edit a.txt', status: 'completed', detail: { diff: expect.stringContaining('-old\n+new\n') } },
    { title: 'echo out; exit 1', status: 'in_progress' },
    { title: 'echo out; exit 1', status: 'failed', detail: { output: 'out\n', exit: 1 } },
  ]);
  expect(text).toContain('✓ Edit a.txt\n  @@ -1,1 +1,1 @@\n  -old\n  +new\n');
});

test('one process and one conversation for all messages, ended with the shell', async () => {
  const t = await agentShell({ agent: fakeAgent() });
  const first = await t.submit('run echo $PPID');
  const second = await t.submit('run echo $PPID');
  const pid = pidIn(first);
  expect(pidIn(second)).toBe(pid);
  expect(isAlive(pid)).toBe(true);
  await t.close();
  expect(isAlive(pid)).toBe(false);
});

test('the agent works in the folder and with the variables of the session, and hears of a new folder', async () => {
  await using t = await agentShell({
    agent: oddAgent('echo'),
    plugins: [shell()],
    env: { SHELL: '/bin/bash' },
  });
  await t.submit('!mkdir .git sub && cd sub');
  await t.submit('/context drop');
  expect(answer(await t.submit('first'))).toBe('[{"type":"text","text":"first"}]');
  await t.submit('!!cd ..');
  expect(answer(await t.submit('second'))).toContain(`now in ${t.cwd}.`);
});

describe('what goes along', () => {
  test('the output of ! since the last message, once; that of !! never', async () => {
    await using t = await agentShell({
      agent: oddAgent('echo'),
      plugins: [shell()],
      env: { SHELL: '/bin/bash' },
    });
    await t.submit('!echo public; exit 3');
    await t.submit('!!echo secret');
    expect((await t.submit('/context')).message).toMatch(
      /^\$ echo public; exit 3\npublic\n\[exit code 3\]\n/,
    );
    const sent = answer(await t.submit('why?'));
    expect(sent).toContain('public');
    expect(sent).not.toContain('secret');
    expect(answer(await t.submit('and now?'))).toBe('[{"type":"text","text":"and now?"}]');
  });

  test('it can be dropped', async () => {
    await using t = await agentShell({
      agent: oddAgent('echo'),
      plugins: [shell()],
      env: { SHELL: '/bin/bash' },
    });
    await t.submit('!echo public');
    expect((await t.submit('/context drop')).message).toBe('dropped 1');
    expect((await t.submit('/context')).message).toBe('nothing goes along with the next message');
    expect(answer(await t.submit('hi'))).not.toContain('public');
  });

  test('files that the message names', async () => {
    await using t = await agentShell({ agent: oddAgent('echo') });
    await t.write('src/a b.ts', 'x');
    await t.write('c.md', 'x');
    const { events, stderr } = await t.submit(
      'see @"src/a b.ts", @c.md. me@home @nope @scope/name @nothere.txt, @src/b @../a.md',
    );
    const blocks = JSON.parse(answer({ events })) as unknown[];
    expect(blocks.slice(1)).toEqual([
      { type: 'resource_link', name: 'src/a b.ts', uri: `file://${t.cwd}/src/a%20b.ts` },
      { type: 'resource_link', name: 'c.md', uri: `file://${t.cwd}/c.md` },
    ]);
    expect(events.filter(({ type }) => type === 'progress' || type === 'warning')).toMatchObject([
      { type: 'progress', what: 'attached src/a b.ts', done: 1, total: 1 },
      { type: 'progress', what: 'attached c.md' },
      { type: 'warning', message: 'no file nothere.txt' },
      { type: 'warning', message: 'no file src/b' },
      { type: 'warning', message: 'no file ../a.md' },
    ]);
    expect(stderr).not.toContain('attached');
  });
});

describe('permission', () => {
  test('is asked of the person, with the choices of the agent, the smallest yes first', async () => {
    await using t = await agentShell({ agent: fakeAgent(), answers: ['Yes, always'] });
    const { questions, events } = await t.submit('ask Run ls?');
    expect(questions).toMatchObject([{ choices: ['Yes', 'Yes, always', 'No'], default: 'Yes' }]);
    expect(questions[0]?.message).toContain('Run ls?');
    expect(answer({ events })).toBe('Run ls?: Yes, always\n');
  });

  test('“always” is offered where the agent has no such choice, for calls of that kind', async () => {
    await using t = await agentShell({
      agent: oddAgent('once'),
      answers: ['Always for “execute” in this conversation'],
    });
    expect(answer(await t.submit('go'))).toBe('yes');
    const second = await t.submit('again');
    expect([answer(second), second.questions]).toEqual(['yes', []]);
  });

  test('where nobody is, the answer is no, and that is said', async () => {
    await using t = await agentShell({ agent: fakeAgent(), answers: 'nobody' });
    const { events, code } = await t.submit('ask Run ls?');
    expect(answer({ events })).toBe('Run ls?: No\n');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'PREFISH_AGENT_PERMISSION' }),
    );
    expect(code).toBe(0);
  });

  test('where input comes in, it is a question event, answered by its id', async () => {
    const { incoming, send } = channel();
    await using t = await agentShell({ agent: fakeAgent(), answers: 'nobody', host: { incoming } });
    const running = t.submit('ask Run ls?');
    const question = await seen(t, 'question');
    send({ type: 'answer', question: question.id, choice: 'Yes' });
    const { events } = await running;
    expect(events).toContainEqual(expect.objectContaining({ type: 'answer', choice: 'Yes', by: 'input' }));
    expect(answer({ events })).toBe('Run ls?: Yes\n');
  });

  test('an answer that cannot be understood, or answers nothing, is a warning', async () => {
    const { incoming, send } = channel();
    await using t = await agentShell({ agent: fakeAgent(), answers: 'nobody', host: { incoming } });
    const running = t.submit('ask Run ls?');
    const question = await seen(t, 'question');
    expect(question).toMatchObject({ text: 'Run ls?' });
    send({ type: 'answer', text: 'yes' });
    send({ type: 'answer', question: 'permission-9', choice: 'Yes' });
    send({ type: 'answer', question: question.id, choice: 'Yes', by: 'me' });
    const { events } = await running;
    expect(answer({ events })).toBe('Run ls?: Yes\n');
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { message: expect.stringContaining('has no question and no choice: {"type":"answer"') },
      { message: expect.stringContaining('answers no question that is open') },
      { message: expect.stringContaining('fields that are not known here (by)') },
    ]);
  });

  test('an agent that never stops asking nobody is stopped', async () => {
    await using t = await agentShell({ agent: oddAgent('nag'), answers: 'nobody' });
    const { error, events } = await t.submit('go');
    expect(error).toMatchObject({ code: 'PREFISH_AGENT_PERMISSION' });
    const warnings = events.filter(({ type }) => type === 'warning');
    expect(warnings).toHaveLength(20);
    expect(warnings[0]).toMatchObject({ message: expect.stringMatching(/asks: Please\. Nobody is there/) });
  });

  test('a question has one mark at its end', async () => {
    await using t = await agentShell({ agent: fakeAgent(), answers: 'nobody' });
    const { events } = await t.submit('ask may I?');
    expect(events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('asks: may I? Nobody is there') }),
    );
  });
});

test('messages that come in while one is under way follow it', async () => {
  const { incoming, send } = channel();
  await using t = await agentShell({ agent: fakeAgent(), answers: 'nobody', host: { incoming } });
  send({ type: 'message', text: 'say second' });
  const { events } = await t.submit('sleep 50\nsay first');
  expect(events.filter(({ type }) => type === 'message')).toMatchObject([
    { role: 'user' },
    { role: 'agent', text: 'first\n' },
    { role: 'user', text: 'say second' },
    { role: 'agent', text: 'second\n' },
  ]);
});

describe('a plain command', () => {
  test('gets the message as an argument, and its output and exit code are told', async () => {
    await using t = await agentShell({
      agent: { exec: ['/bin/sh', '-c', 'echo "got $1"; exit 4', 'sh', '{prompt}'] },
    });
    expect(await t.submit('a $(b) "c"')).toMatchObject({ stdout: 'got a $(b) "c"\n', code: 4 });
  });

  test('or on its standard input; interrupting ends it', async () => {
    await using t = await agentShell({ agent: { exec: ['/bin/sh', '-c', 'cat; sleep 4243'] } });
    const interrupt = new AbortController();
    const running = t.submit('hello', { signal: interrupt.signal });
    await seen(t, 'output');
    interrupt.abort();
    expect(await running).toMatchObject({ stdout: 'hello', exit: { signal: 'SIGTERM' } });
  });
});

test.each([
  ['exit', 'Ctrl+D'],
  ['context', 'Did you mean /context?'],
  [' !ls', 'where nothing stands before it: !ls'],
])('%j is not for the agent', async (line, hint) => {
  await using t = await agentShell({ agent: oddAgent('echo'), plugins: [shell()] });
  expect((await t.submit(line)).error).toMatchObject({
    code: 'PREFISH_USAGE',
    hint: expect.stringContaining(hint),
  });
});

test('an empty line is no message', async () => {
  await using t = await agentShell({ agent: oddAgent('echo') });
  expect((await t.submit('  ')).error).toMatchObject({ code: 'PREFISH_USAGE' });
});

function pidIn({
  events,
}: {
  readonly events: readonly { readonly type: string; readonly detail?: unknown }[];
}): number {
  const outputs = events.map(({ detail }) => (detail as { output?: string } | undefined)?.output);
  return Number(outputs.find((output) => output !== undefined));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Lines that come in when the test sends them. */
function channel(): { readonly incoming: AsyncIterable<Line>; send(line: Line): void } {
  const waiting: Line[] = [];
  let wake = (): void => {};
  return {
    send(line) {
      waiting.push(line);
      wake();
    },
    incoming: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const line = waiting.shift();
          if (line !== undefined) yield line;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    },
  };
}

/** The first event of a type, once it is there. */
async function seen(
  t: Awaited<ReturnType<typeof agentShell>>,
  type: string,
): Promise<{ readonly id?: string }> {
  for (;;) {
    const event = t.events.find((candidate) => candidate.type === type);
    if (event !== undefined) return event as { id?: string };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
