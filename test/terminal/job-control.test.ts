import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { command, sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal, type TerminalSession } from '../support/terminal.ts';
import { until } from '../support/until.ts';

/** prefish as a job of a shell: the only place where it can be stopped and continued. */
function openShell(t: SandboxHome): TerminalSession {
  return openTerminal(t, ['--norc', '-i'], {
    program: ['/bin/bash', '--noprofile'],
    env: { PS1: 'outer$ ', PREFISH_NODE: process.execPath, PREFISH_ENTRY: command },
  });
}

const start = 'PS1="outer\\$ "; "$PREFISH_NODE" "$PREFISH_ENTRY"\r';
const suspend = '\x1a';

test('Ctrl+Z leaves the terminal to the shell as it was; fg brings the edited line back', async () => {
  await using t = await sandboxHome();
  await using shell = openShell(t);
  await shell.shows('outer$');
  shell.type(start);
  await shell.shows(/^❯ $/m);
  shell.type('!echo kept');
  await shell.shows('❯ !echo kept');
  shell.type(suspend);
  await shell.shows('Stopped');
  await shell.hides('❯ !echo kept');
  shell.type(`stty -a | grep -oE '(^| )-?(icanon|opost)' | xargs echo modes:\r`);
  await shell.shows(/^modes: (opost icanon|icanon opost)$/m);
  shell.type('fg\r');
  await shell.shows('❯ !echo kept');
  shell.type(' and well\r');
  await shell.shows(/^kept and well$/m);
});

test('Ctrl+Z leaves the list of tasks to the shell, and fg brings it back', async () => {
  await using t = await sandboxHome();
  await using shell = openShell(t);
  await shell.shows('outer$');
  shell.type(start);
  await shell.shows(/^❯ $/m);
  shell.type('/tasks\r');
  await shell.shows('Esc to close');
  shell.type(suspend);
  await shell.shows('Stopped');
  await shell.hides('Esc to close');
  shell.type('fg\r');
  await shell.shows('Esc to close');
  shell.type(keys.escape);
  await shell.hides('Esc to close');
  shell.type('!echo he""re\r');
  await shell.shows(/^here$/m);
});

test('a program of ! keeps Ctrl+Z to itself', async () => {
  await using t = await sandboxHome();
  await using shell = openShell(t);
  await shell.shows('outer$');
  shell.type(start);
  await shell.shows(/^❯ $/m);
  shell.type('!stty -isig -icanon -echo; echo ready; head -c 1 | od -An -tx1\r');
  await shell.shows(/^ready$/m);
  shell.type(suspend);
  await shell.shows(/^ 1a$/m);
  await shell.shows(/^❯ $/m);
  expect(shell.screen()).not.toContain('Stopped');
});

test('stopped and continued from elsewhere, it reads keys and draws its line again', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t);
  await shell.shows(/^❯ $/m);
  shell.type('!echo he');
  await shell.shows('!echo he');
  process.kill(shell.pid, 'SIGSTOP');
  await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${shell.pid}/status`, 'utf8')), 'it to stop');
  process.kill(shell.pid, 'SIGCONT');
  shell.type('re\r');
  await shell.shows(/^here$/m);
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
});
