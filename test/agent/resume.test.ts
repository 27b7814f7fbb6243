import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import { finished, submit, transcript } from '../support/tasks.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { agentHome } from './agent-home.ts';

needs('bubblewrap');

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

/** A home with the fake agent, and a repository in which a task has said and done something. */
async function afterTask(
  message: string,
): Promise<SandboxHome & { readonly cwd: string; readonly task: string }> {
  const { home, repository } = await agentHome(bundled);
  const cwd = repository.path;
  const task = await submit(home, message, { cwd });
  await finished(home, task);
  return Object.assign(home, { cwd, task });
}

test('with --yes, what the task changed is applied, and the agent here is pointed at its conversation', async () => {
  await using t = await afterTask('say from afar\nedit a.txt <<changed');
  const run = await t.prefish(['--yes', '--resume', t.task.slice(0, 8), '-c', 'say here'], { cwd: t.cwd });
  expect(run).toMatchObject({ code: 0, stdout: 'here\n' });
  expect(await readFile(join(t.cwd, 'a.txt'), 'utf8')).toBe('changed\n');
  const file = join(t.prefishHome, 'state', 'agent', 'conversations', `${t.task}.md`);
  const told = await readFile(file, 'utf8');
  expect(told).toContain('## The agent\n\nfrom afar\n');
  expect(told).toContain('- did: Edit a.txt');

  // From here on it is a conversation like any other, and goes along with the next task.
  const line = '& --wait run cat $PREFISH_TASK_FOLDER/files/*.md';
  expect(await t.prefish(['--continue', '-c', line], { cwd: t.cwd })).toMatchObject({ code: 0 });
  const read = (await transcript(t, '@last')).findLast(({ type }) => type === 'tool');
  expect(read).toMatchObject({
    detail: { output: expect.stringContaining('## The agent\n\nfrom afar\n') },
  });
  // Applied already: nothing is left to ask for, by its number too.
  const again = await t.prefish(['--resume', '1', '-c', 'say again'], { cwd: t.cwd });
  expect(again).toMatchObject({ code: 0, stdout: 'again\n', stderr: '' });
});

test('in a script nothing is applied unasked, and the command that does is said', async () => {
  await using t = await afterTask('say done\nedit a.txt <<changed');
  const run = await t.prefish(['--resume', '@last', '-c', 'say here'], { cwd: t.cwd });
  expect(run).toMatchObject({ code: 0, stdout: 'here\n' });
  expect(run.stderr).toContain(`prefish tasks apply ${t.task}`);
  expect(await readFile(join(t.cwd, 'a.txt'), 'utf8')).toBe('a\n');
});

test('at a terminal it is asked once', async () => {
  await using t = await afterTask('say done\nedit a.txt <<changed');
  await using shell = openTerminal(t, ['--resume', t.task], { cwd: t.cwd });
  await shell.shows(/❯|>/);
  shell.type('say one\r');
  await shell.shows('Apply the file that task 1 changed first?');
  shell.type('y');
  await shell.shows(/^one$/m);
  expect(await readFile(join(t.cwd, 'a.txt'), 'utf8')).toBe('changed\n');
  shell.type('say two\r');
  await shell.shows(/^two$/m);
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
});

test('what cannot be gone on with is an error that says what to do', async () => {
  await using t = await afterTask('say hi');
  const resume = (id: string, cwd = t.cwd) => t.prefish(['--resume', id, '-c', 'say x'], { cwd });
  expect(await resume('nothing-like-it')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('No conversation and no task has the id nothing-like-it'),
  });
  expect(await resume(t.task, t.home)).toMatchObject({ code: 4, stderr: expect.stringContaining(t.cwd) });
  const command = await submit(t, '!true', { cwd: t.cwd });
  await finished(t, command);
  expect(await resume(command)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('had no conversation with an agent'),
  });
  const running = await submit(t, 'hang', { cwd: t.cwd });
  expect(await resume(running)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(`prefish tasks logs -f ${running}`),
  });
});
