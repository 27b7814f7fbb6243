import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testShell } from './harness.ts';

test('a line runs in the shell, and its output and exit code are told', async () => {
  const { run } = await testShell();
  const { stdout, stderr, exit } = await run('!echo "out $PREFISH"; echo err >&2; exit 7');
  expect({ stdout, stderr, exit }).toEqual({ stdout: 'out 1\n', stderr: 'err\n', exit: { code: 7 } });
  expect((await run('!!echo private')).stdout).toBe('private\n');
});

test('every way in which a line can end is told as it was', async () => {
  const { run } = await testShell();
  expect((await run('!true')).exit).toEqual({ code: 0 });
  expect((await run('!false | true')).exit).toEqual({ code: 0 });
  expect((await run('!sh -c "exit 3"')).exit).toEqual({ code: 3 });
  expect((await run('!kill -9 $$')).exit).toEqual({ signal: 'SIGKILL' });
  expect((await run('!exec sh -c "kill -TERM \\$\\$"')).exit).toEqual({ signal: 'SIGTERM' });
  expect((await run('!sh -c "kill -9 \\$\\$"')).exit).toEqual({ code: 137 });
  expect((await run('!if')).exit).toEqual({ code: 2 });
  const missing = await run('!no-such-command-anywhere');
  expect(missing.exit).toEqual({ code: 127 });
  expect(missing.stderr).toBe('bash: line 1: no-such-command-anywhere: command not found\n');
});

test('a token without a command says so', async () => {
  const { run } = await testShell();
  for (const line of ['!', '! ', '!!']) {
    const { exit, events } = await run(line);
    expect(exit).toEqual({ code: 2 });
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', code: 'PREFISH_USAGE' }));
  }
});

test('nothing is sent where there is no command', async () => {
  const { shell } = await testShell();
  for (const { teleport } of shell.prefixes) {
    if (teleport === false) continue;
    expect(() => teleport.prepare?.(' ', undefined as never)).toThrow(/There is no command after !/);
  }
});

test('lines of any content arrive as they are', async () => {
  const { run } = await testShell();
  expect((await run(`!echo 'it'"'"'s' "\\$5" $'a\\tb' # note`)).stdout).toBe("it's $5 a\tb\n");
  expect((await run('!-x')).stderr).toContain('-x: command not found');
  expect((await run('!cat <<E\none\ntwo\nE')).stdout).toBe('one\ntwo\n');
  const long = 'x'.repeat(300_000);
  expect((await run(`!printf %s ${long} | wc -c`)).stdout.trim()).toBe('300000');
});

test('a folder that has vanished is named, and a cd leads out of it', async () => {
  const { run, cwd, shell } = await testShell();
  await mkdir(join(cwd, 'gone'));
  await run('!cd gone');
  await rm(join(cwd, 'gone'), { recursive: true });
  const { exit, events } = await run('!ls');
  expect(exit).toEqual({ code: 2 });
  expect(events).toContainEqual(
    expect.objectContaining({ code: 'PREFISH_NOT_A_FOLDER', message: expect.stringContaining('gone') }),
  );
  await run(`!cd ${cwd}`);
  expect(shell.session.cwd).toBe(cwd);
});

test('a SHELL that cannot be run falls back to bash', async () => {
  for (const program of ['/no/such/shell', 'zsh', '/bin/false', '/etc/passwd']) {
    const { run } = await testShell(program);
    expect((await run('!echo ${BASH_VERSION:+bash}')).stdout).toBe('bash\n');
  }
});

test('a shell of another kind runs lines, and keeps nothing', async () => {
  const { run, cwd, shell } = await testShell(process.execPath.replace(/node$/, 'node'));
  // node is the program here: `node -c FILE` checks the syntax of a file.
  await writeFile(join(cwd, 'fine.js'), '1');
  expect((await run('!fine.js')).exit).toEqual({ code: 0 });
  expect((await run('!missing.js')).exit).toEqual({ code: 1 });
  expect(shell.session.cwd).toBe(cwd);
});

test('closing the shell leaves no folder behind', async () => {
  const own = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('prefish-shell-'));
  const before = new Set(await own());
  const { run, shell } = await testShell();
  await run('!true');
  expect((await own()).some((name) => !before.has(name))).toBe(true);
  const during = (await own()).filter((name) => !before.has(name));
  await shell.close();
  const after = await own();
  expect(during.filter((name) => after.includes(name)).length).toBeLessThan(during.length);
});

test('the outcome holds what was run and printed, as text for an agent; that of !! does not', async () => {
  const { shell } = await testShell();
  const { result } = await shell.submit(`!printf '\\033[31mred\\033[0m'; echo oops >&2; exit 3`);
  const context = result instanceof Error || result.type !== 'ok' ? undefined : result.context;
  expect(context).toMatch(/^\$ printf .* exit 3\n(redoops|oops\nred)\n\[exit code 3\]$/);
  expect(await shell.submit('!!echo secret')).toMatchObject({ result: { type: 'ok' } });
  expect((await shell.submit('!!echo secret')).result).not.toHaveProperty('context');
});

test('of a mistake bash shows the line as it was typed, whatever was before', async () => {
  const t = await testShell();
  await t.run('!set -u; false');
  const { stderr } = await t.run('!echo )');
  expect(stderr).toContain("`echo )'");
  expect((await t.run('!echo $?')).stdout).toBe('2\n');
  expect((await t.run('!-x')).stderr).toContain('-x: command not found');
});

test('variables of the session are offered, exported or not', async () => {
  const t = await testShell();
  await t.run('!my_own=1; export my_exported=2');
  const line = '!echo $my_';
  const offers = await t.shell.complete(line, line.length);
  expect(offers.map(({ insert }) => insert)).toEqual(['$my_exported', '$my_own']);
});
