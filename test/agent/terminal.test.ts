import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { expect, test } from 'vitest';
import { processesWithEnvironment } from '../support/processes.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

/** A home whose configuration names the fake agent, which keeps its conversations. */
async function homeWithAgent(): Promise<SandboxHome> {
  const home = await sandboxHome();
  const agent = fakeAgent({ sessions: join(home.root, 'sessions') });
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ plugins: [['@prefish/plugin-agent', { agent }]] }),
  );
  return home;
}

test('at the prompt: an answer in Markdown, an edit with its diff, what it used, the prompt back', async () => {
  await using t = await homeWithAgent();
  // Without programs, nothing that is said reads like a command.
  await using shell = openTerminal(t, [], { env: { PATH: t.home } });
  await shell.shows(/❯|>/);
  shell.type('say ## It **works** in `code`\r');
  await shell.shows(/^It works in code$/m);
  shell.type('edit a.txt <<new\r');
  await shell.shows(/✓ Edit a.txt\n {2}@@ -0,0 \+1,1 @@\n {2}\+new/);
  shell.type('usage 12\r');
  await shell.shows('12 tokens');
  expect(await readFile(join(t.home, 'a.txt'), 'utf8')).toBe('new\n');
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
});

test('permission is a menu; nothing is printed over it', async () => {
  await using t = await homeWithAgent();
  await using shell = openTerminal(t);
  await shell.shows(/❯|>/);
  shell.type('ask Delete everything?\r');
  await shell.shows(/\? Fake agent asks: Delete everything\?\n> 1 Yes\n {2}2 Yes, always\n {2}3 No/);
  shell.type(`${keys.down}${keys.down}\r`);
  await shell.shows('Delete everything?: No');
  shell.type('ask Again?\r');
  await shell.shows(/> 1 Yes$/m);
  shell.type(keys.escape);
  await shell.shows('interrupted');
});

test('Esc stops the message and keeps the line typed meanwhile; the agent ends with the shell', async () => {
  await using t = await homeWithAgent();
  await using shell = openTerminal(t, [], { env: { MARK: 'agent' } });
  await shell.shows(/❯|>/);
  shell.type('say working\r');
  await shell.shows(/^working$/m);
  shell.type('hang\r');
  shell.type('say next\r');
  shell.type(keys.escape);
  await shell.shows(/interrupted\n.*say next\nnext/);
  expect((await processesWithEnvironment('MARK=agent')).length).toBeGreaterThan(1);
  shell.type(keys.endOfInput);
  await shell.ended;
  await until(async () => (await processesWithEnvironment('MARK=agent')).length === 0, 'the agent to end');
});

test('what an agent prints of escape sequences does not drive the screen', async () => {
  await using t = await homeWithAgent();
  await using shell = openTerminal(t);
  await shell.shows(/❯|>/);
  shell.type('!echo before\r');
  await shell.shows(/^before$/m);
  // Control characters do not pass the line editor: the agent prints them itself.
  shell.type(`run printf '\\033[2J\\033[H'; exit 1\r`);
  await shell.shows('✗ printf');
  // While it ran it stood in the frame.
  expect(shell.screen()).not.toContain('· printf');
  shell.type('garbage\r');
  shell.type('say after\r');
  await shell.shows(/^after$/m);
  expect(shell.screen()).toContain('before');
});

test('in a script: the answer on standard output, the rest beside it; --json has it all; --continue goes on', async () => {
  await using t = await homeWithAgent();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const run = await t.prefish(['-c', 'think hm\nrun true\nsay **42**'], { cwd });
  expect(run).toMatchObject({ code: 0, stdout: '**42**\n', stderr: 'hm\n· true\n✓ true\n' });
  const events = (await t.prefish(['--json', '--continue', '-c', 'say on'], { cwd })).events();
  expect(events.map(({ type }) => type)).toEqual(['message', 'message', 'exit']);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  const elsewhere = await t.prefish(['--continue', '-c', 'say on'], { cwd: t.home });
  expect(elsewhere).toMatchObject({ code: 4, stderr: expect.stringContaining('PREFISH_AGENT_SESSION') });
});

test('--input-json answers its questions', async () => {
  await using t = await homeWithAgent();
  const child = t.spawn(['--json', '--input-json', '-c', 'ask Go on?\nsay done']);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await until(() => printed.includes('"type":"question"'), 'the question');
  const question = printed
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as { type?: string; id?: string });
  const { id } = question.find(({ type }) => type === 'question')!;
  child.stdin.write(`${JSON.stringify({ type: 'answer', question: id, choice: 'Yes' })}\n`);
  await until(() => child.exitCode !== null, 'the end');
  expect(printed).toContain('Go on?: Yes');
  expect(child.exitCode).toBe(0);
});
