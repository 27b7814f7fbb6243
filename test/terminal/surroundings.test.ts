import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { has } from '../support/capabilities.ts';
import { command, sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

test('NO_COLOR: no colours of prefish, and everything else as ever', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t, [], { env: { NO_COLOR: '1' } });
  await shell.shows(/^[❯>] $/m);
  shell.type('!exit 3\r');
  shell.type('/nonsense\r');
  await shell.shows('hint:');
  expect(shell.bytes()).not.toMatch(/\x1b\[[0-9;]*[1-9][0-9;]*m/);
});

test('without UTF-8, everything that prefish draws is ASCII', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await using shell = openTerminal(t, [], { cwd: repository.path, env: { LANG: 'C', LC_ALL: 'POSIX' } });
  await shell.shows(/^> $/m);
  shell.type('& !echo done-$((1))\r');
  await shell.shows(/^> this machine - main@/m);
  shell.type('/tasks\r');
  await shell.shows('select - Enter to view - Esc to close');
  shell.type(keys.escape);
  await shell.hides('Enter to view');
  shell.type("!printf 'caf\\303\\251 \\342\\206\\222\\n'\r");
  await shell.shows('café →');
  const own = shell
    .bytes()
    .replace(/café →/g, '')
    .replaceAll('é \\342', '');
  expect(own.match(/[^\x00-\x7f]/g) ?? []).toEqual([]);
});

describe.each([
  ['TERM=dumb', { TERM: 'dumb' }],
  ['a screen reader', { PREFISH_SCREEN_READER: '1' }],
])('%s', (_name, env) => {
  test('lines are printed once, with nothing that moves the cursor', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, [], { env });
    await shell.shows(/^> $/m);
    shell.type('!echo one; echo two\r');
    await shell.shows(/^one\ntwo\n> $/m);
    shell.type('!for i in 1 2\r');
    await shell.shows(/^\.\.\. $/m);
    shell.type('do echo "row $i"; done\r');
    await shell.shows(/^row 1\nrow 2\n> $/m);
    shell.type("!echo 'dropped\r");
    await shell.shows(/^\.\.\. $/m);
    shell.type(keys.interrupt);
    await shell.shows(/^\.\.\. \^C\n> $/m);
    shell.type('/tasks\r');
    await shell.shows('No background tasks');
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
    expect(shell.bytes().replaceAll(/\x1b\[[0-9;]*m/g, '')).not.toContain('\x1b');
  });
});

describe('the terminal that a screen reader reads out', () => {
  const env = { PREFISH_SCREEN_READER: '1' };

  test('programs have a terminal, and what is typed while one runs goes to it', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, [], { env });
    await shell.shows(/^> $/m);
    shell.type('!tty; read -s -p "password: " word; echo; echo "${#word} characters"\r');
    await shell.shows(/^\/dev\/pts\/\d+\npassword:/m);
    shell.type('secret\r');
    await shell.shows(/^6 characters\n> $/m);
    expect(shell.bytes()).not.toContain('secret');
    shell.type('!echo after\r');
    await shell.shows(/^after\n> $/m);
  });

  test('Ctrl+D says that background shells go on', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, [], { env });
    await shell.shows(/^> $/m);
    shell.type('!sleep 7311 &\r');
    await shell.shows('s1 runs in the background');
    await shell.shows(/^> $/m);
    shell.type(keys.endOfInput);
    await shell.shows(/^> \ns1 goes on in the background/m);
    expect(await shell.ended).toBe(0);
    expect((await t.prefish(['tasks', 'ls', '--json'])).stdout).toContain('"working"');
  });
});

test('an escape sequence that a slow connection tears apart is still one key', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t);
  await shell.shows(/^❯ $/m);
  shell.type('!echo first\r');
  await shell.shows(/^first$/m);
  for (const part of ['\x1b', '[', 'A']) {
    shell.type(part);
    // The connection's own delay: what is tested is that the time does not matter.
    await delay(105);
  }
  await shell.shows(/❯ !echo first$[^]*❯ !echo first$/m);
  expect(shell.screen()).not.toContain('[A');
});

test('inside of script, which records a terminal', async ({ skip }) => {
  skip(!has('script'), 'script is not installed');
  await using t = await sandboxHome();
  await using shell = openTerminal(t, [`${process.execPath} ${command}`, '/dev/null'], {
    program: ['script', '-qec'],
  });
  await shell.shows(/^❯ $/m);
  shell.type('!tty\r');
  await shell.shows(/^\/dev\/pts\/\d+$/m);
  shell.resize(60, 20);
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
});

test('inside of tmux, through a resize and a detached client', async ({ skip }) => {
  skip(!has('tmux'), 'tmux is not installed');
  await using t = await sandboxHome();
  const socket = ['-S', `${t.root}/tmux`];
  const open = (args: readonly string[]) =>
    openTerminal(t, [...socket, ...args], { program: ['tmux', '-f/dev/null'], columns: 100 });
  await using first = open(['new', '-s', 'test', `${process.execPath} ${command}`]);
  await first.shows(/^❯ $/m);
  first.type('!echo before\r');
  await first.shows(/^before$/m);
  first.type('!echo aft');
  await first.shows('❯ !echo aft');
  first.type('\x02d');
  expect(await first.ended).toBe(0);
  await using second = open(['attach', '-t', 'test']);
  await second.shows('❯ !echo aft');
  second.resize(70, 20);
  await second.shows(/^❯ !echo aft$/m);
  second.type('er\r');
  await second.shows(/^after$/m);
  await second.shows(/^❯ $/m);
  second.type(keys.endOfInput);
  await second.shows('[exited]');
});

test('PREFISH_NOTIFY: news calls for a person whose window is in the background, and programs get no reports', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await using shell = openTerminal(t, [], { cwd: repository.path, env: { PREFISH_NOTIFY: 'osc9' } });
  await shell.shows(/^❯ $/m);
  expect(shell.bytes()).toContain('\x1b[?1004h');
  shell.type('\x1b[I& !true\r');
  await shell.shows(/completed|finished|done/);
  expect(shell.bytes()).not.toContain('\x1b]9;');
  shell.type('\x1b[O& !false\r');
  await until(() => shell.bytes().includes('\x1b]9;'), 'the notice');
  shell.type('!printf reading; head -c 1\r');
  await shell.shows(/^reading/m);
  expect(shell.bytes().lastIndexOf('\x1b[?1004l')).toBeGreaterThan(shell.bytes().lastIndexOf('\x1b[?1004h'));
});

test('a full-screen program leaves no empty line behind', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t);
  await shell.shows(/^❯ $/m);
  shell.type("!printf '\\e[?1049h\\e[2J\\e[HFULL'; read; printf '\\e[?1049l\\e[?1l'\r");
  await shell.shows(/^FULL$/m);
  shell.type('\r');
  await shell.hides(/^FULL$/m);
  await shell.shows(/\?1l'\n❯ *$/);
});
