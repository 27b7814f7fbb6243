import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import { finished, show, submit, transcript } from '../support/tasks.ts';
import { until } from '../support/until.ts';
import { agentHome, isQuestion, said } from './agent-home.ts';

needs('bubblewrap');

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

async function working(home: SandboxHome, id: string): Promise<void> {
  await until(async () => {
    const events = await transcript(home, id);
    return events.some(({ type }) => type === 'tool' || type === 'message');
  }, `${id} to be under way`);
}

describe('a message behind &', () => {
  test('is taken by the agent in a task; its work comes back as a commit with its last message', async () => {
    await using t = await agentHome(bundled);
    const run = await t.prefish(
      '-c',
      '& --wait say I look around.\nedit a.txt <<from the agent\nedit b/new.txt <<new\nsay Changed the greeting.\\n\\nAnd more.',
    );
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Changed the greeting.') });
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('a\n');
    const task = await show(t.home, '@last');
    expect(task).toMatchObject({
      state: 'completed',
      title: 'say I look around.',
      sandbox: 'bwrap',
      network: 'allowlist',
      result: { files: 2 },
    });
    expect((await t.prefish('tasks', 'apply', '@last', '--branch', 'theirs')).code).toBe(0);
    const message = await t.repository.git('log', '-1', '--format=%B', 'theirs');
    expect(message).toMatch(/^Changed the greeting\.\n\nAnd more\.\n/);
    expect(message).toContain(task.id);
    expect((await t.prefish('tasks', 'apply', '@last')).code).toBe(0);
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('from the agent\n');
    expect(await readFile(join(t.repository.path, 'b', 'new.txt'), 'utf8')).toBe('new\n');
  });

  test('a message for a task that has ended is taken up by a new one, with its tree and what was said', async () => {
    await using t = await agentHome(bundled);
    await t.prefish('-c', '& --wait say The first answer.\nedit b.txt <<from the first');
    const copy = 'run cp "$PREFISH_TASK_FOLDER/files/conversation.md" seen.md';
    const sent = await t.prefish(
      'tasks',
      'send',
      '1',
      `! is no prefix here\n${copy}\nrun mv b.txt c.txt`,
      '--json',
    );
    expect(sent).toMatchObject({ code: 0 });
    const { id } = sent.json<Task>();
    const first = await show(t.home, '1');
    expect(await finished(t.home, id)).toMatchObject({
      state: 'completed',
      continues: first.id,
      title: '! is no prefix here',
      base: first.base!,
    });
    expect(first).toMatchObject({ state: 'completed', result: { files: 1 } });
    // The result says what both have changed, and outlives the first.
    await t.prefish('tasks', 'rm', '1');
    expect(await t.prefish('tasks', 'apply', id)).toMatchObject({ code: 0 });
    expect(existsSync(join(t.repository.path, 'b.txt'))).toBe(false);
    expect(await readFile(join(t.repository.path, 'c.txt'), 'utf8')).toBe('from the first\n');
    const seen = await readFile(join(t.repository.path, 'seen.md'), 'utf8');
    expect(seen).toContain('say The first answer.');
    expect(seen).toMatch(/## The agent\n\nThe first answer\./);
  });

  test('takes the conversation along, that of an earlier prefish too', async () => {
    await using t = await agentHome(bundled);
    const copy = 'run cp "$PREFISH_TASK_FOLDER/files/conversation.md" seen.md';
    const first = await t.prefish('-c', 'say the colour is teal', '-c', `& --wait ${copy}`);
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/the conversation \(\d+ messages?\)/),
    });
    await t.prefish('tasks', 'apply', '@last');
    const seen = join(t.repository.path, 'seen.md');
    expect(await readFile(seen, 'utf8')).toContain('the colour is teal');
    await t.prefish('-c', '!rm seen.md');
    expect(await t.prefish('--continue', '-c', `& --wait ${copy}`)).toMatchObject({ code: 0 });
    await t.prefish('tasks', 'apply', '@last');
    expect(await readFile(seen, 'utf8')).toContain('the colour is teal');
  });

  test('that reads like a command says so, after the state that scripts rely on', async () => {
    await using t = await agentHome(bundled);
    const run = await t.prefish('--json', '-c', '& npm test');
    expect(run.code).toBe(0);
    expect(run.events().slice(0, 2)).toMatchObject([
      { seq: 1, type: 'state', state: 'submitted', task: expect.any(String) },
      { seq: 2, type: 'warning', code: 'PREFISH_MEANT_COMMAND' },
    ]);
  });

  test('that is cancelled leaves no process', async () => {
    await using t = await agentHome(bundled);
    const id = await submit(t.home, 'say hm\nrun sleep 600', { cwd: t.repository.path });
    await working(t.home, id);
    const mark = `PREFISH_TASK=${id}`;
    expect(await processesWithEnvironment(mark)).not.toEqual([]);
    expect((await t.prefish('tasks', 'cancel', id)).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'canceled' });
    expect(await processesWithEnvironment(mark)).toEqual([]);
  });

  test('fails when its agent crashes, and says so; what was done by then is kept', async () => {
    await using t = await agentHome(bundled);
    const run = await t.prefish('-c', '& --wait edit a.txt <<half\ncrash');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('PREFISH_AGENT_');
    const task = await show(t.home, '@last');
    expect(task).toMatchObject({ state: 'failed', result: { files: 1 } });
    expect((await t.prefish('tasks', 'retry', task.id)).code).toBe(0);
    expect(await finished(t.home, '@last')).toMatchObject({ state: 'failed', line: task.line });
  });

  test('may do everything unasked, as its copy and its sandbox are its own', async () => {
    await using t = await agentHome(bundled);
    const run = await t.prefish('-c', '& --wait ask Delete everything?');
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Delete everything?: Yes') });
  });

  test('takes what is sent to it meanwhile as the next message', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Go on?', { cwd: t.repository.path });
    await t.prefish('tasks', 'wait', id);
    const asked = (await transcript(t.home, id)).find(isQuestion);
    expect((await t.prefish('tasks', 'send', id, 'say as well')).code).toBe(0);
    expect((await t.prefish('tasks', 'answer', id, asked!.id, asked!.choices[0]!)).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'completed' });
    expect(await said(t.home, id)).toMatch(/Go on\?: Yes[^]*as well/);
    const events = await transcript(t.home, id);
    const told = events.flatMap((event) =>
      event.type === 'message' && event.role === 'user' ? event.text : [],
    );
    expect(told).toEqual(['ask Go on?', 'say as well']);
  });

  test('says which messages it did not come to', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Go on?\ncrash', { cwd: t.repository.path });
    await t.prefish('tasks', 'wait', id);
    await t.prefish('tasks', 'send', id, 'say as well');
    await t.prefish('tasks', 'answer', id, 'yes');
    expect(await finished(t.home, id)).toMatchObject({ state: 'failed' });
    expect(await transcript(t.home, id)).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'PREFISH_MESSAGE_UNREAD',
        message: expect.stringContaining('“say as well”'),
      }),
    );
  });
});

test('explain says who takes a message there, and what it reaches', async () => {
  await using t = await agentHome(bundled, 'none', { allow: ['registry.example'] });
  expect((await t.prefish('explain', '& tidy up', '--json')).json()).toMatchObject({
    prefix: { id: 'teleport' },
    there: { id: 'agent', token: '' },
    place: 'this machine',
    network: 'allowlist',
  });
  expect((await t.prefish('explain', '& tidy up')).stdout).toContain('allowlist: registry.example');
});
