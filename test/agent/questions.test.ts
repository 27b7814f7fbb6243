import type { Task } from '@prefish/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import { finished, show, submit, transcript } from '../support/tasks.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { agentHome, isQuestion, said } from './agent-home.ts';

needs('bubblewrap');

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

describe('an agent in a task', () => {
  test('asks where the policy says so: the task waits for an answer', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    const id = await submit(t.home, 'ask Delete everything?', { cwd: t.repository.path });
    const waited = await t.prefish('tasks', 'wait', id, '--json');
    expect(waited.code).toBe(1);
    expect(waited.json<Task[]>()).toMatchObject([{ state: 'input-required' }]);
    const asked = (await transcript(t.home, id)).find(isQuestion);
    expect(asked).toMatchObject({ text: expect.stringContaining('Delete everything?') });
    expect(asked!.choices).toEqual(['Yes', 'Yes, always', 'No']);
    expect(await t.prefish('tasks', 'answer', id, 'perhaps')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Yes / Yes, always / No'),
    });
    expect(await t.prefish('tasks', 'answer', id, 'y')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('“y” begins several of the choices'),
    });
    expect(await t.prefish('tasks', 'answer', id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/asks: .*Delete everything\?[^]*prefish tasks answer 1 yes/),
    });
    expect(await t.prefish('tasks', 'answer', id, '4')).toMatchObject({ code: 2 });
    expect((await t.prefish('tasks', 'answer', id, '3')).code).toBe(0);
    expect(await finished(t.home, id)).toMatchObject({ state: 'completed' });
    expect(await said(t.home, id)).toContain('Delete everything?: No');
  });

  test('--wait ends where it asks and nobody is there; at a terminal it is answered, and goes on', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    const run = await t.prefish('-c', '& --wait ask Delete everything?');
    expect(run).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\? .*Delete everything\?\n {2}Yes\n/),
      stderr: expect.stringMatching(
        /task 1 asks: .*\(Yes \/ Yes, always \/ No\)\n {2}prefish tasks answer 1 yes\n$/,
      ),
    });
    expect(await show(t.home, '1')).toMatchObject({ state: 'input-required' });

    await using shell = openTerminal(t.home, ['-c', '& --wait ask Delete everything?'], {
      cwd: t.repository.path,
      columns: 120,
    });
    await shell.shows(/Yes, always$/m);
    shell.type('1');
    await shell.shows(/Delete everything\?: Yes/);
    await shell.shows(/task 2 completed · 0:\d\d/);
    expect(await shell.ended).toBe(0);
  });

  test('says at the prompt what it asks, and is answered from the list', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    await using shell = openTerminal(t.home, [], { cwd: t.repository.path, columns: 120 });
    await shell.shows(/❯|>/);
    shell.type('& ask Delete everything?\r');
    await shell.shows(/task 1 asks: .*Delete everything\? \(Yes \/ Yes, always \/ No\)/);
    shell.type('/tasks\r');
    await shell.shows('m answer');
    shell.type('m');
    await shell.shows(/Yes, always$/m);
    shell.type('1');
    await shell.shows(/ask Delete everything\?.* completed/);
    shell.type(keys.escape);
    await shell.shows(/task 1 completed/);
  });

  test('is read and answered in its view', async () => {
    await using t = await agentHome(bundled, 'none', { tasks: { permissions: 'ask' } });
    await using shell = openTerminal(t.home, [], { cwd: t.repository.path, columns: 60, rows: 15 });
    await shell.shows(/❯|>/);
    shell.type('& ask Delete everything?\r');
    await shell.shows('task 1 asks');
    shell.type('/tasks\r');
    await shell.shows('m answer');
    shell.type('\r');
    await shell.shows(/\? .*Delete everything\?\n {2}Yes\n {2}Yes, always\n {2}No/);
    shell.type('m');
    await shell.shows(/> 1 Yes$/m);
    shell.type(`${keys.down}${keys.down}\r`);
    await shell.shows(/^completed [\s\S]*✗ Delete everything\?\nDelete everything\?: No$/m);
    shell.type(keys.escape);
    await shell.shows('Background tasks');
    shell.type(keys.escape);
    await shell.hides('Background tasks');
  });
});
