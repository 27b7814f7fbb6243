import { setTimeout as delay } from 'node:timers/promises';
import { fakeAgent } from '@prefish/testing/agent';
import { describe, expect, test } from 'vitest';
import { processesWithEnvironment } from '../../../../test/support/processes.ts';
import { until } from '../../../../test/support/until.ts';
import { agentShell, answer, oddAgent, temporaryFolder } from '../agent-shell.ts';

test('an agent that crashes is named, with its last words; the message is not sent again, the next one works', async () => {
  await using t = await agentShell({ agent: fakeAgent() });
  const { error, code } = await t.submit('log Out of luck\ncrash');
  expect(error).toMatchObject({
    code: 'PREFISH_AGENT_ENDED',
    hint: expect.stringContaining('not sent twice'),
  });
  expect(error?.message).toMatch(/^Fake agent ended with code 7 .*\nIt said:\nOut of luck$/s);
  expect(code).toBe(1);
  const next = await t.submit('say back');
  expect(answer(next)).toBe('back\n');
  expect(next.events).toContainEqual(
    expect.objectContaining({ type: 'warning', code: 'PREFISH_AGENT_SESSION' }),
  );
});

test('the last words of a program of Node are its error, and not its stack', async () => {
  const agent = { command: process.execPath, args: ['/nowhere/agent.mjs'] };
  await using t = await agentShell({ agent });
  const { error } = await t.submit('hi');
  expect(error).toMatchObject({
    code: 'PREFISH_AGENT_ENDED',
    message: expect.stringContaining("Cannot find module '/nowhere/agent.mjs'"),
  });
});

test('one that keeps its conversations goes on with the one it had', async () => {
  const sessions = await temporaryFolder();
  await using t = await agentShell({ agent: fakeAgent({ sessions }) });
  await t.submit('say first');
  await t.submit('crash');
  const { events } = await t.submit('say back');
  expect(answer({ events })).toBe('back\n');
  expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
});

test.each([
  ['an error of its own', 'fail No tokens left', 'PREFISH_AGENT_FAILED', /No tokens left/],
  ['a login that has run out', 'needs-login', 'PREFISH_AGENT_LOGIN', /log in/],
  ['a refusal', 'stop refusal', 'PREFISH_AGENT_STOPPED', /refused/],
  ['a limit', 'stop max_tokens', 'PREFISH_AGENT_STOPPED', /limit of tokens/],
])('%s is told, and the next message works', async (_, message, code, text) => {
  await using t = await agentShell({ agent: fakeAgent() });
  expect((await t.submit(message)).error).toMatchObject({ code, message: expect.stringMatching(text) });
  expect(answer(await t.submit('say on'))).toBe('on\n');
});

test.each([
  ['another version', { wrongVersion: true }, 'PREFISH_AGENT_VERSION'],
  ['a login', { needsLogin: true }, 'PREFISH_AGENT_LOGIN'],
])('an agent that wants %s is named before anything is sent', async (_, options, code) => {
  await using t = await agentShell({ agent: fakeAgent(options) });
  expect((await t.submit('say hi')).error).toMatchObject({ code });
});

test('a greeting before the protocol is forgiven; so is a line between messages', async () => {
  await using greeting = await agentShell({ agent: oddAgent('greet') });
  expect((await greeting.submit('hi')).code).toBe(0);
  await using t = await agentShell({ agent: fakeAgent() });
  expect(answer(await t.submit('garbage\nsay well'))).toBe('well\n');
});

test('an agent that never speaks the protocol is told by what it says', async () => {
  await using t = await agentShell({ agent: oddAgent('babble') });
  const { error } = await t.submit('hi');
  expect(error).toMatchObject({ code: 'PREFISH_AGENT_PROTOCOL' });
  expect(error?.message).toContain('It printed: Usage: odd-agent FILE');
});

test('an agent that says nothing is waited for, that is said, and then it is ended', async () => {
  await using t = await agentShell({
    agent: fakeAgent({ silent: true }),
    clock: true,
    env: { SILENT: 'here' },
  });
  const running = t.submit('hi');
  await realUntil(async () => (await processesWithEnvironment('SILENT=here')).length > 0);
  await t.clock.tick(5_000);
  expect(t.events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'PREFISH_AGENT_SLOW' }));
  await t.clock.tick(25_000);
  const ended = realUntil(async () => (await processesWithEnvironment('SILENT=here')).length === 0);
  while (!(await Promise.race([running.then(() => true), ended.then(() => false)]))) await t.clock.tick(100);
  expect((await running).error).toMatchObject({ code: 'PREFISH_AGENT_PROTOCOL' });
});

test('a program that is none is told by its path', async () => {
  await using t = await agentShell({ agent: { command: '/no/such/agent' } });
  expect((await t.submit('hi')).error).toMatchObject({
    code: 'PREFISH_AGENT_UNKNOWN',
    message: 'The configured agent /no/such/agent is no program',
  });
});

describe('interrupting', () => {
  test('stops the message, not the agent', async () => {
    await using t = await agentShell({ agent: fakeAgent(), env: { AGENT: 'kept' } });
    const { error, code } = await interrupted(t, 'say working\nhang');
    expect(error).toMatchObject({ code: 'PREFISH_INTERRUPTED' });
    expect(code).toBe(130);
    const [pid] = await processesWithEnvironment('AGENT=kept');
    expect(answer(await t.submit('say still here'))).toBe('still here\n');
    expect(await processesWithEnvironment('AGENT=kept')).toEqual([pid]);
  });

  test('ends an agent that does not obey, with all that it started', async () => {
    await using t = await agentShell({ agent: fakeAgent(), env: { AGENT: 'deaf' } });
    const started = performance.now();
    const { error } = await interrupted(t, 'ignore-cancel\nsay working\nrun setsid sleep 4245');
    expect(error).toMatchObject({ code: 'PREFISH_INTERRUPTED' });
    expect(performance.now() - started).toBeLessThan(6_000);
    expect(await processesWithEnvironment('AGENT=deaf')).toEqual([]);
    expect(answer(await t.submit('say anew'))).toBe('anew\n');
  });
});

test('a flood is read no faster than it goes out', async () => {
  let passed = 0;
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  await using t = await agentShell({
    agent: fakeAgent(),
    host: { drain: () => (++passed < 10 ? Promise.resolve() : gate) },
  });
  const running = t.submit('flood 5000');
  await until(() => passed >= 10, 'the tenth chunk');
  await delay(100);
  expect(t.events.filter(({ type }) => type === 'message').length).toBeLessThan(20);
  open();
  expect((await running).events.filter(({ type }) => type === 'message')).toHaveLength(5001);
});

/** Interrupts a message as soon as the agent has said something. */
async function interrupted(
  t: Awaited<ReturnType<typeof agentShell>>,
  message: string,
): ReturnType<typeof t.submit> {
  const interrupt = new AbortController();
  const running = t.submit(message, { signal: interrupt.signal });
  await until(
    () => t.events.some((event) => event.type === 'message' && event.role === 'agent'),
    'an answer',
  );
  interrupt.abort();
  return running;
}

/** Waits on the real clock, whatever the shell's says. */
async function realUntil(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) if (tries > 5000) throw new Error('never came true');
}
