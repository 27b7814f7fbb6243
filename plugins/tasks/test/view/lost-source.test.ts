import type { Task } from '@prefish/core';
import { expect, test } from 'vitest';
import { browse, ended, selected, type OpenList } from '../support/browse.ts';
import { MemorySource } from '../support/memory-source.ts';
import { keys } from '../support/person.ts';

function twoSources(): { readonly local: MemorySource; readonly remote: MemorySource } {
  const local = new MemorySource('local', 'Local sessions');
  local.add({ title: 'mine', ...ended(1) });
  const remote = new MemorySource('remote', 'Remote sessions');
  remote.add({ title: 'far', state: 'completed', ...ended(1) });
  remote.add({ title: 'farther' });
  return { local, remote };
}

/** The list just after the task that was selected went away by itself. */
async function browseWithoutSelected(): Promise<
  OpenList & { readonly local: MemorySource; readonly theirs: Task }
> {
  const { local } = twoSources();
  const theirs = local.add({ title: 'theirs' });
  const list = await browse([local]);
  await expect.poll(() => selected(list.person)).toContain('theirs');
  local.tasks.splice(local.tasks.indexOf(theirs), 1);
  local.say(theirs.id);
  return { ...list, local, theirs };
}

test('the tasks of a server that cannot be asked stay, as they were last known, and so does the selection', async () => {
  const { local, remote } = twoSources();
  const { person, close } = await browse([remote, local]);
  await expect.poll(() => person.screen).toContain('  Local sessions (1)');
  await expect.poll(() => person.screen).toContain('  Remote sessions (2)');
  person.press(keys.end, keys.home);
  await expect.poll(() => selected(person)).toMatch(/farther +working/);
  remote.failure = new Error('no route to host');
  await expect
    .poll(() => person.screen.join('\n'), { timeout: 3000 })
    .toContain('Remote sessions could not be asked: no route to host');
  expect(selected(person)).toMatch(/farther +unknown \(was working\) +#2/);
  expect(person.screen.join('\n')).toMatch(/far +completed/);
  person.press('x');
  await expect.poll(() => person.screen).toContain('cancel: no route to host Nothing was done.');
  expect(local.tasks[0]!.state).toBe('working');
  expect(selected(person)).toContain('farther');
  remote.failure = undefined;
  await expect.poll(() => selected(person), { timeout: 3000 }).toMatch(/farther +working/);
  await close();
});

test('a task that goes away by itself leaves its place to none, until somebody moves', async () => {
  const { local, theirs, person, close } = await browseWithoutSelected();
  await expect.poll(() => person.screen).toContain('  Local sessions (1)');
  expect(selected(person)).toBe('');
  person.press('x');
  person.press(keys.down);
  await expect.poll(() => selected(person)).toContain('mine');
  expect(local.tasks[0]!.state).toBe('working');
  expect(theirs.state).toBe('working');
  await close();
});

test('one that goes away and comes back is selected again', async () => {
  const { local, theirs, person, close } = await browseWithoutSelected();
  await expect.poll(() => selected(person)).toBe('');
  local.tasks.unshift(theirs);
  local.say(theirs.id);
  await expect.poll(() => selected(person)).toContain('theirs');
  await close();
});

test('a key right after the selection has gone to another task by itself asks to be pressed once more', async () => {
  const { local, remote } = twoSources();
  const late = Promise.withResolvers<void>();
  const list = remote.list.bind(remote);
  remote.list = async (query, signal) => (await late.promise, list(query, signal));
  const { person, close } = await browse([remote, local]);
  await expect.poll(() => selected(person)).toContain('mine');
  late.resolve();
  await expect.poll(() => selected(person), { interval: 5 }).toContain('farther');
  person.press('x');
  await expect.poll(() => person.screen).toContain('the selection has moved to #2: once more to cancel that');
  expect(remote.tasks[0]!.state).toBe('working');
  person.press('x');
  await expect.poll(() => remote.tasks[0]!.state).toBe('canceled');
  await close();
});
