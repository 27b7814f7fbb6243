import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { expect, test } from 'vitest';
import type { SessionRecord } from '../src/session-records.ts';
import { agentShell, answer, oddAgent, temporaryFolder } from './agent-shell.ts';

async function records(state: string): Promise<SessionRecord[]> {
  const text = await readFile(join(state, 'agent', 'sessions.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SessionRecord);
}

test('--continue goes on with the last conversation of the project, --resume with one by the start of its id', async () => {
  const [state, sessions] = [await temporaryFolder(), await temporaryFolder()];
  const agent = fakeAgent({ sessions });
  const cwd = await temporaryFolder();
  const talk = async (resume: string | undefined, message: string): Promise<string | undefined> => {
    await using t = await agentShell({ agent, state, ...(resume === undefined ? {} : { resume }) });
    t.shell.session.changeFolder(cwd);
    const result = await t.submit(message);
    expect(result.events.filter(({ type }) => type === 'warning')).toEqual([]);
    expect(answer(result)).toBe(`${message.slice(4)}\n`);
    return ((await t.submit('/agent')).data as { current?: { session?: string } }).current?.session;
  };
  const first = await talk(undefined, 'say one');
  expect(await talk('last', 'say two')).toBe(first);
  const second = await talk(undefined, 'say three');
  expect(second).not.toBe(first);
  expect(await talk('last', 'say four')).toBe(second);
  expect(await talk(first!.slice(0, 12), 'say five')).toBe(first);
  expect(await records(state)).toMatchObject([
    { id: first, project: cwd, title: 'say one' },
    { id: first, title: 'say one' },
    { id: second, title: 'say three' },
    { id: second },
    { id: first },
  ]);
});

test('what cannot be continued is an error, never a new conversation', async () => {
  const state = await temporaryFolder();
  await using none = await agentShell({ agent: fakeAgent(), state, resume: 'last' });
  expect(await none.submit('say hi')).toMatchObject({ code: 4, error: { code: 'PREFISH_AGENT_SESSION' } });
  await none.submit('/clear');
  expect(answer(await none.submit('say new'))).toBe('new\n');
  const [record] = await records(state);
  await rm(join(state, 'agent', 'transcripts'), { recursive: true });
  await using forgetful = await agentShell({ agent: fakeAgent(), state, resume: record!.id });
  const { error } = await forgetful.submit('say hi');
  expect(error).toMatchObject({ code: 'PREFISH_AGENT_SESSION' });
  expect(error?.message).toContain('keeps no conversations');
});

test('an agent that cannot go on with a conversation is told where to read it, and that is said', async () => {
  const state = await temporaryFolder();
  const cwd = await temporaryFolder();
  {
    await using first = await agentShell({ agent: fakeAgent(), state, cwd });
    await first.submit('say earlier');
  }
  await using forgetful = await agentShell({ agent: oddAgent('echo'), state, cwd, resume: 'last' });
  const [record] = await records(state);
  await writeFile(
    join(state, 'agent', 'sessions.jsonl'),
    `${JSON.stringify({ ...record, agent: process.execPath })}\n`,
  );
  const result = await forgetful.submit('go on');
  expect(result.events).toContainEqual(
    expect.objectContaining({ code: 'PREFISH_AGENT_SESSION', hint: expect.stringContaining('told where') }),
  );
  const [told, message] = JSON.parse(answer(result)) as { text: string }[];
  expect(message!.text).toBe('go on');
  const [, path] = /in the file (\S+?)\. /.exec(told!.text)!;
  expect(await readFile(path!, 'utf8')).toContain('earlier');
});

test('/clear begins a new conversation; a half-written record is passed over', async () => {
  const state = await temporaryFolder();
  await using t = await agentShell({ agent: fakeAgent(), state });
  await t.submit('say one');
  await appendFile(join(state, 'agent', 'sessions.jsonl'), '{"id":"torn');
  await appendFile(join(state, 'agent', 'sessions.jsonl'), '\n');
  await t.submit('/clear');
  await t.submit('say two');
  const text = await readFile(join(state, 'agent', 'sessions.jsonl'), 'utf8');
  expect(text.match(/"title"/g)).toHaveLength(2);
});

test('a conversation stays with its project', async () => {
  const state = await temporaryFolder();
  await using t = await agentShell({ agent: fakeAgent(), state });
  await t.submit('say one');
  t.shell.session.changeFolder(await temporaryFolder());
  const { events } = await t.submit('say two');
  expect(events).toContainEqual(
    expect.objectContaining({ code: 'PREFISH_AGENT_SESSION', message: expect.stringContaining(t.cwd) }),
  );
  const [first, second] = await records(state);
  expect(second!.project).not.toBe(first!.project);
});
