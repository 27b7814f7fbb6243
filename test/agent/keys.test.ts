import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const secret = 'sk-ant-very-hush-4711';

/** A home without any credential in its variables. */
const noCredentials = Object.fromEntries(
  [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    'GEMINI_API_KEY',
    'GOOGLE_API_KEY',
    'GOOGLE_GEMINI_BASE_URL',
  ].map((name) => [name, undefined]),
);

function file(t: SandboxHome): string {
  return join(t.prefishHome, 'data', 'keys.json');
}

function set(t: SandboxHome, name: string, value: string): ReturnType<SandboxHome['prefish']> {
  return t.prefish(['keys', 'set', name], { input: `${value}\n`, env: noCredentials });
}

test('a key is kept from standard input for its owner alone, listed without its value, and forgotten', async () => {
  await using t = await sandboxHome();
  const kept = await set(t, 'anthropic', `  ${secret} `);
  expect(kept).toMatchObject({ code: 0, stdout: 'ANTHROPIC_API_KEY is kept.\n' });
  expect((await stat(file(t))).mode & 0o777).toBe(0o600);
  expect((await stat(join(t.prefishHome, 'data'))).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(file(t), 'utf8'))).toEqual({ ANTHROPIC_API_KEY: secret });

  const env = { ...noCredentials, OPENAI_API_KEY: 'sk-of-a-variable' };
  const listed = await t.prefish(['keys'], { env });
  expect(listed.stdout).toBe(
    [
      'ANTHROPIC_API_KEY  kept here      for Claude Code, opencode',
      'OPENAI_API_KEY     a variable     for Codex',
      '',
    ].join('\n'),
  );
  const data = await t.prefish(['keys', 'ls', '--json'], { env });
  expect(data.json()).toEqual({
    keys: [
      { name: 'ANTHROPIC_API_KEY', api: 'anthropic', place: 'kept', agents: ['Claude Code', 'opencode'] },
      { name: 'OPENAI_API_KEY', api: 'openai', place: 'variable', agents: ['Codex'] },
    ],
  });
  for (const { stdout, stderr } of [kept, listed, data]) {
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toContain('sk-of-a-variable');
  }

  expect(await t.prefish(['keys', 'rm', 'ANTHROPIC_API_KEY'])).toMatchObject({ code: 0 });
  expect(await t.prefish(['keys', 'rm', 'ANTHROPIC_API_KEY'])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('PREFISH_KEY_NOT_FOUND'),
  });
});

test.each([
  ['NO_SUCH_KEY', 'x'],
  [secret, 'x'],
  ['anthropic', ''],
  ['anthropic', `${secret} ${secret}`],
  ['anthropic', `${secret}\u00e9`],
  ['OPENAI_BASE_URL', 'not-an-address'],
])('a name or value that is none is refused and not said: %j', async (name, value) => {
  await using t = await sandboxHome();
  const { code, stdout, stderr } = await set(t, name, value);
  expect(code).toBe(2);
  expect(stderr).toContain('PREFISH_KEY_INVALID');
  expect(stdout + stderr).not.toContain(secret);
  expect(await readFile(file(t)).catch(() => undefined)).toBeUndefined();
});

test('a value on the command line is refused, and not repeated', async () => {
  await using t = await sandboxHome();
  const { code, stdout, stderr } = await t.prefish(['keys', 'set', 'anthropic', secret]);
  expect(code).toBe(2);
  expect(stderr).toContain('not taken from the command line');
  expect(stdout + stderr).not.toContain(secret);
});

test('a file that others can read is refused, naming what mends it', async () => {
  await using t = await sandboxHome();
  await set(t, 'openai', secret);
  await chmod(file(t), 0o644);
  const { code, stderr } = await t.prefish(['keys', 'ls']);
  expect(code).toBe(1);
  expect(stderr).toContain('PREFISH_KEYS_UNREADABLE');
  expect(stderr).toContain(`chmod 600 ${file(t)}`);
});

test('what is no file of keys is refused, and waited for by nobody', async () => {
  await using t = await sandboxHome();
  await set(t, 'openai', secret);
  for (const put of [
    () => promisify(execFile)('mkfifo', ['-m', '600', file(t)]),
    () => mkdir(file(t), { mode: 0o700 }),
    () => writeFile(file(t), '{"OPENAI_API_KEY":"torn', { mode: 0o600 }),
    () => writeFile(file(t), `{"OPENAI_API_KEY":"${'x'.repeat(10_000_000)}"}`, { mode: 0o600 }),
  ]) {
    await rm(file(t), { recursive: true });
    await put();
    const { code, stdout, stderr } = await t.prefish(['keys', 'ls']);
    expect(code).toBe(1);
    expect(stderr).toContain('PREFISH_KEYS_UNREADABLE');
    expect((stdout + stderr).length).toBeLessThan(1000);
    expect(stdout + stderr).not.toContain('torn');
  }
});

test('several at once keep all', async () => {
  await using t = await sandboxHome();
  await Promise.all([set(t, 'anthropic', 'a'.repeat(16_000)), set(t, 'openai', 'o'), set(t, 'google', 'g')]);
  expect(Object.keys(JSON.parse(await readFile(file(t), 'utf8')) as object).sort()).toEqual([
    'ANTHROPIC_API_KEY',
    'GEMINI_API_KEY',
    'OPENAI_API_KEY',
  ]);
});

test('killed while it writes, the file has the old or the new keys, and the next one tidies up', async () => {
  await using t = await sandboxHome();
  await set(t, 'anthropic', 'before');
  const data = join(t.prefishHome, 'data');
  for (let round = 0; round < 3; round++) {
    await rm(join(data, 'keys.lock'));
    const child = t.spawn(['keys', 'set', 'openai']);
    child.stdin.end(`${'o'.repeat(16_000)}\n`);
    await until(async () => (await readdir(data)).includes('keys.lock'), 'the lock to be taken');
    child.kill('SIGKILL');
    await until(() => child.exitCode !== null || child.signalCode !== null, 'the end');
    expect(JSON.parse(await readFile(file(t), 'utf8'))).toMatchObject({ ANTHROPIC_API_KEY: 'before' });
  }
  expect(await set(t, 'openai', 'after')).toMatchObject({ code: 0 });
  expect((await readdir(data)).filter((name) => name.startsWith('.keys.json'))).toEqual([]);
});

test('at a terminal the key is asked for and not shown', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t, ['keys', 'set', 'anthropic']);
  await shell.shows('ANTHROPIC_API_KEY');
  shell.type(`${secret}\r`);
  await shell.shows('is kept');
  expect(await shell.ended).toBe(0);
  expect(shell.screen()).not.toContain(secret);
  expect(await readFile(file(t), 'utf8')).toContain(secret);
});
