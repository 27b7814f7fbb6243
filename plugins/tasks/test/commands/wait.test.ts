import { PrefishError, type Task } from '@prefish/core';
import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

const away = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'devbox does not answer');

/** A task that is waited for, once its source is watched. */
async function waiting() {
  const source = new MemorySource();
  const { id } = source.add();
  const shell = await open([source]);
  const running = shell.run(`wait ${id}`);
  await expect.poll(() => source.watchers).toBe(1);
  return { source, id, shell, running };
}

test.each<[Partial<Task>, number]>([
  [{ state: 'completed', exit: { code: 0 } }, 0],
  [{ state: 'completed' }, 0],
  [{ state: 'failed', exit: { code: 7 } }, 7],
  [{ state: 'failed', exit: { signal: 'SIGKILL' } }, 137],
  [{ state: 'failed', reason: 'worker-lost' }, 1],
  [{ state: 'failed', reason: 'timeout', exit: { code: 0 } }, 1],
  [{ state: 'canceled', exit: { signal: 'SIGKILL' } }, 1],
  [{ state: 'rejected' }, 1],
  [{ state: 'input-required' }, 1],
])('%j exits with %i', async (task, code) => {
  const source = new MemorySource();
  const added = source.add(task);
  const ran = await (await open([source])).run('wait 1');
  expect(ran).toMatchObject({ code, data: [added] });
});

test('what a task asks is said, and how it is answered', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'input-required' });
  source.say(id, { type: 'question', id: 'q', text: 'May\u001b[2J I?', choices: ['Yes', 'Yes, always'] });
  const ran = await (await open([source])).run('wait 1');
  expect(ran.message).toMatch(
    /^1 input-required .*\n\? May I\?\n  1 Yes\n  2 Yes, always\n  prefish tasks answer 1 yes$/,
  );
});

test('what an attempt asked whose worker was lost is asked no more', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'input-required', attempt: 2 });
  source.say(id, { type: 'question', id: 'q1', text: 'Before?', choices: ['Yes'] });
  source.say(id, { type: 'state', state: 'submitted', reason: 'worker-lost' });
  source.say(id, { type: 'question', id: 'q2', text: 'Now?', choices: ['Yes'] });
  expect((await (await open([source])).run('wait 1')).message).toContain('\n? Now?\n');
});

test('waits until the task has ended', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const running = (await open([source])).run(`wait ${id}`);
  source.change(id, { state: 'failed', exit: { code: 3 } });
  expect(await running).toMatchObject({ code: 3, data: [{ id, state: 'failed' }] });
});

test('of several, all must complete', async () => {
  const source = new MemorySource();
  source.add({ state: 'completed' });
  source.add({ state: 'failed', exit: { code: 9 } });
  source.add({ state: 'completed' });
  const { run } = await open([source]);
  expect(await run('wait 1 3')).toMatchObject({ code: 0, data: [{ number: 1 }, { number: 3 }] });
  expect(await run('wait 1 2')).toMatchObject({ code: 1 });
});

test('--timeout names what has not ended, which goes on', async () => {
  const source = new MemorySource();
  source.add({ state: 'completed' });
  const { id } = source.add();
  const ran = await (await open([source])).run('wait 1 2 --timeout 0.05');
  expect(ran).toMatchObject({ code: 1, error: { code: 'PREFISH_WAIT_TIMEOUT' } });
  expect(ran.error?.message).toBe(`Not ended after 0.05 s: ${id}`);
});

test('a source that is away for a moment is asked again, and that is said once', async () => {
  const { source, id, shell, running } = await waiting();
  source.failure = away;
  source.change(id, {});
  await expect.poll(() => source.failed, { timeout: 5000 }).toBeGreaterThan(1);
  source.failure = undefined;
  source.change(id, { state: 'completed' });
  expect((await running).code).toBe(0);
  const said = shell.events.filter(({ type }) => type === 'warning');
  expect(said).toMatchObject([
    { message: 'devbox does not answer; what becomes of task 1 is known once it does, and waited for' },
  ]);
});

test('a server that tells how the task ended, and is gone, is not asked again', async () => {
  const { source, id, shell, running } = await waiting();
  source.failure = away;
  source.change(id, { state: 'failed', reason: 'worker-lost' });
  expect((await running).code).toBe(1);
  expect(shell.events.filter(({ type }) => type === 'warning')).toEqual([]);
});

test('whoever is no longer let in is told at once how to wait again', async () => {
  const { source, id, running } = await waiting();
  source.failure = new PrefishError('PREFISH_LOGIN_REQUIRED', 'not logged in', { hint: 'prefish login' });
  source.change(id, {});
  expect((await running).error).toMatchObject({
    code: 'PREFISH_LOGIN_REQUIRED',
    message: 'not logged in; task 1 is no longer waited for',
    hint: `The task goes on: prefish tasks wait ${id}. prefish login`,
  });
});

test('a source that is away from the beginning is waited for too, and that is said once', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.failure = away;
  const shell = await open([source]);
  const running = shell.run(`wait ${id} --timeout 60`);
  await expect.poll(() => source.failed, { timeout: 5000 }).toBeGreaterThan(1);
  source.failure = undefined;
  expect((await running).code).toBe(0);
  const said = shell.events.filter(({ type }) => type === 'warning');
  expect(said).toMatchObject([{ message: 'devbox does not answer; trying again' }]);
});

test('no longer than --timeout says: then it is the source that is to blame', async () => {
  const source = new MemorySource();
  source.failure = away;
  const { run } = await open([source]);
  expect(await run('wait 1 --timeout 0')).toMatchObject({ code: 3, error: { message: /^devbox does not/ } });
});

test('a line that was not sent is said to wait, once, and not to go on', async () => {
  const source = new MemorySource();
  const reason = 'not-delivered: devbox does not answer';
  const { id } = source.add({ id: 'tkept', number: 0, attempt: 0, state: 'submitted', reason });
  const ran = await (await open([source])).run(`wait ${id} --timeout 0.1`);
  expect(ran).toMatchObject({ code: 1, error: { code: 'PREFISH_WAIT_TIMEOUT' } });
  expect(ran.error).toHaveProperty('hint', 'tkept was not sent yet. prefish tasks wait tkept');
  expect(ran.events.filter(({ type }) => type === 'warning')).toMatchObject([
    { message: 'tkept is not sent yet: devbox does not answer; it is waited for' },
  ]);
});

test('what does not pass is not waited for', async () => {
  const source = new MemorySource();
  const { run } = await open([source]);
  expect(await run('wait 1')).toMatchObject({ code: 4, error: { code: 'PREFISH_TASK_NOT_FOUND' } });
  source.failure = new PrefishError('PREFISH_LOGIN_REQUIRED', 'not logged in');
  expect(await run('wait 1')).toMatchObject({ code: 3, error: { code: 'PREFISH_LOGIN_REQUIRED' } });
});
