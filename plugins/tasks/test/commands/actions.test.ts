import { PrefishError } from '@prefish/core';
import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

test('an action with its data, options and words', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const { run } = await open([source]);
  expect(await run('apply 1 --branch x --json')).toMatchObject({ code: 0, data: { applied: true } });
  expect(await run('send 1 two words')).toMatchObject({ code: 0 });
  expect(source.log).toEqual([`apply ${id} {"branch":"x"}`, `send ${id} ["two","words"]`]);
  expect(await run('cancel 1')).toMatchObject({ code: 0, data: { id, state: 'canceled' } });
});

test('several tasks: one that fails does not keep it from the others', async () => {
  const source = new MemorySource();
  for (let count = 0; count < 3; count++) source.add();
  source.change('tc2', { state: 'completed' });
  const ran = await (await open([source])).run('cancel 1 2 3');
  expect(source.tasks.map(({ state }) => state)).toEqual(['canceled', 'completed', 'canceled']);
  expect(ran.code).toBe(2);
  expect(ran.data).toMatchObject([{ number: 1 }, { number: 3 }]);
  expect(ran.events[0]).toMatchObject({
    type: 'error',
    code: 'PREFISH_TASK_STATE',
    message: '2: tc2 has ended',
  });
});

test('an action that only another source offers', async () => {
  const [local, bare] = [new MemorySource(), new MemorySource('bare', 'Shells')];
  Object.assign(bare, { actions: [] });
  const { id } = bare.add({ id: 'tbare' });
  const ran = await (await open([local, bare])).run(`apply ${id}`);
  expect(ran).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_ACTION' } });
  expect(ran.error?.message).toBe('Shells have no action "apply"');
});

test('undo of a number that several tasks have is of the one that was applied', async () => {
  const [local, remote] = [new MemorySource(), new MemorySource('remote', 'Remote sessions')];
  const result = { commit: 'c', branch: 'b', files: 1, insertions: 1, deletions: 0 };
  const { id } = local.add({ id: 'there', state: 'completed', result });
  remote.add({ id: 'other', state: 'completed' });
  const { run } = await open([local, remote]);
  expect(await run('undo 1 --json')).toMatchObject({ code: 0, data: { undone: id } });
  remote.change('other', { result });
  expect(await run('undo 1')).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_AMBIGUOUS' } });
});

test('@last is the newest task of those that know the action', async () => {
  const [local, shells] = [new MemorySource(), new MemorySource('shells', 'Shells')];
  Object.assign(shells, { actions: [] });
  const { id } = local.add();
  shells.add({ id: 's1', createdAt: '2027-01-01T00:00:00.000Z' });
  const { run } = await open([local, shells]);
  expect(await run('cancel @last --json')).toMatchObject({ code: 0, data: { id } });
  expect(await run('show @last --json')).toMatchObject({ code: 0, data: { id: 's1' } });
  expect(await run('cancel s1')).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_ACTION' } });
});

test('@last of rm is the newest that has ended, and none where a source could not be asked', async () => {
  const [local, other] = [new MemorySource(), new MemorySource('other', 'Others')];
  local.add({ state: 'completed' });
  const { id } = local.add({ state: 'failed' });
  local.add();
  const { run } = await open([local, other]);
  other.failure = new Error('no route');
  const away = await run('rm @last');
  expect(away).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_AMBIGUOUS' } });
  other.failure = undefined;
  expect(await run('rm @last')).toMatchObject({ code: 0 });
  expect(local.find(id)).toBeUndefined();
  expect(await run('rm @last')).toMatchObject({ code: 0 });
  expect(await run('rm @last')).toMatchObject({
    code: 4,
    error: { code: 'PREFISH_TASK_NOT_FOUND', message: 'No task has ended' },
  });
  expect(local.tasks).toHaveLength(1);
});

test('where nobody could be asked, what would have changed something says that nothing was done', async () => {
  const source = new MemorySource();
  source.add();
  const { run } = await open([source]);
  source.failure = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');
  const canceled = await run('cancel 1');
  const { code } = source.failure as PrefishError;
  expect(canceled).toMatchObject({ code: 3, error: { code } });
  expect(canceled.error).toHaveProperty('hint', 'Nothing was done. Try again once it answers.');
  expect((await run('show 1')).error).toBe(source.failure);
});

test('where a source is away, a number is enough to look at a task, and not to change it', async () => {
  const [local, remote] = [new MemorySource(), new MemorySource('remote', 'Remote sessions')];
  const { id } = local.add({ title: 'Build it' });
  remote.failure = new Error('no route');
  const { run } = await open([local, remote]);
  const shown = await run('show 1 --json');
  expect(shown).toMatchObject({ code: 0, data: { id } });
  expect(shown.events[0]).toMatchObject({
    type: 'warning',
    message: '1 is taken for “Build it” · this machine: Remote sessions could not be asked',
  });
  const refused = await run('cancel 1');
  expect(refused).toMatchObject({ code: 2, error: { code: 'PREFISH_TASK_AMBIGUOUS' } });
  expect(refused.error).toMatchObject({
    hint: `If you mean “Build it” · this machine: prefish tasks cancel ${id}`,
  });
  expect(local.tasks[0]!.state).toBe('working');
  expect(await run(`cancel ${id}`)).toMatchObject({ code: 0 });
});

test('inside the shell the same words do the same', async () => {
  const source = new MemorySource();
  source.add();
  const { shell } = await open([source]);
  await shell.submit('/tasks cancel @last');
  expect(source.tasks[0]!.state).toBe('canceled');
});

test('what is longer than a line stands below the task that it is of', async () => {
  const source = new MemorySource();
  source.add({ title: 'one', state: 'completed' });
  const result = { commit: 'f', branch: 'prefish/t', files: 1, insertions: 50, deletions: 0 };
  source.add({ title: 'two', state: 'completed', result });
  const { run } = await open([source]);
  const { message } = await run('diff 1 2');
  expect(message?.split('\n').filter((line) => !line.startsWith('+'))).toEqual([
    '── #1 one',
    '── #2 two · prefish tasks apply 2',
  ]);
  expect((await run('diff 1')).message).not.toContain('──');
});

test('an action that does something without a task too', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const showing = {
    name: 'open',
    summary: 'Show it',
    run: (task: { readonly id: string }) => ({ type: 'ok' as const, data: { shown: task.id } }),
    runAlone: () => ({ type: 'ok' as const, data: { shown: 'all' } }),
  };
  Object.assign(source, { actions: [showing] });
  const { run } = await open([source]);
  expect(await run('open 1 --json')).toMatchObject({ code: 0, data: { shown: id } });
  expect(await run('open --json')).toMatchObject({ code: 0, data: { shown: 'all' } });
});
