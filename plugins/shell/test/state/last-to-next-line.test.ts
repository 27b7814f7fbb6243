import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testShell } from '../harness.ts';
import { has } from '../../../../test/support/capabilities.ts';
import { needs } from '../../../../test/support/needs.ts';

describe.each(['/bin/bash', '/bin/zsh'])('with %s', (program) => {
  if (program === '/bin/zsh') needs('zsh');

  test('folder, variables, aliases, functions and umask last', async () => {
    const { run, shell, cwd } = await testShell(program);
    await run(
      `!mkdir -p 'a b/c'; cd 'a b'; export GREETING=$'two\\nlines' EMPTY=; alias hey='echo hey'; f() { echo "f:$1"; }; umask 027`,
    );
    expect(shell.session.cwd).toBe(join(cwd, 'a b'));
    expect(shell.session.env).toMatchObject({ GREETING: 'two\nlines', EMPTY: '' });
    expect((await run('!pwd; echo "$GREETING"; hey you; f 3; umask')).stdout).toMatch(
      new RegExp(`^${join(cwd, 'a b')}\ntwo\nlines\nhey you\nf:3\n0?027\n$`),
    );
    await run('!cd c; unset GREETING; unalias hey; unset -f f');
    const gone = await run('!echo "${GREETING-unset}"; cd - >/dev/null; pwd; hey; f');
    expect(gone.stdout).toBe(`unset\n${join(cwd, 'a b')}\n`);
    expect(gone.stderr).toMatch(/hey.*\n.*f/);
    expect(shell.session.env).not.toHaveProperty('GREETING');
  });

  test('variables that are not exported last, whatever they hold; the folders of pushd too', async () => {
    const { run, shell } = await testShell(program);
    await run(
      `!x=$'two\\nlines \\'"$(echo no)'; list=(1 '2 3' ''); typeset -A map=([ab]='c"d'); typeset -i n=4; typeset -r fixed=1`,
    );
    const show = '!printf "<%s>" "$x" "${list[@]}" "${map[ab]}" "$n" "${fixed-none}"';
    const shown = `<two\nlines '"$(echo no)><1><2 3><><c"d><4><none>`;
    expect((await run(show)).stdout).toBe(shown);
    expect((await run(show)).stdout).toBe(shown);
    expect(shell.session.env).not.toHaveProperty('x');
    expect((await run('!n+=1; export x; sh -c \'printf %s "$x"\'')).stdout).toBe(`two\nlines '"$(echo no)`);
    await run('!x=other; unset list');
    expect((await run('!printf "%s,%s,%s" "$x" "$n" "${list-gone}"')).stdout).toBe('other,5,gone');
    expect(shell.session.env).toMatchObject({ x: 'other' });
    await run('!cd /; pushd /usr; pushd /tmp');
    expect((await run('!dirs')).stdout.trim()).toBe('/tmp /usr /');
    expect((await run('!popd >/dev/null; popd >/dev/null; pwd')).stdout).toBe('/\n');
  });

  test('a line that none follows begins as the others do, and writes down nothing', async () => {
    const { run, shell, cwd } = await testShell(program);
    await run('!x=before; f() { exit "$1"; }; false');
    const { exit } = await shell.submit('![ "$?$x" = 1before ] && [ -z "$(trap)" ] && cd / && f 7', {
      last: true,
    });
    expect(exit).toEqual({ code: 7 });
    expect(shell.session.cwd).toBe(cwd);
    const long = `!x=after; : ${'x'.repeat(20_000)}; f 8`;
    expect((await shell.submit(long, { last: true })).exit).toEqual({ code: 8 });
  });

  test('what is put on and taken off again by functions is', async () => {
    const { run, shell } = await testShell(program);
    const path = shell.session.env['PATH'];
    await run(
      '!leave() { PATH=$_OLD_PATH; export PATH; unset _OLD_PATH; unset -f leave; }; _OLD_PATH=$PATH; PATH=/venv:$PATH',
    );
    expect(shell.session.env['PATH']).toBe(`/venv:${path}`);
    await run('!leave');
    expect(shell.session.env['PATH']).toBe(path);
    expect((await run('!echo ${_OLD_PATH-gone}')).stdout).toBe('gone\n');
  });

  test('options last, and what a trace prints is the line alone', async () => {
    const { run } = await testShell(program);
    await run('!set -o pipefail; set -x');
    const { stderr, exit } = await run('!false | true');
    expect(exit).toEqual({ code: 1 });
    expect(stderr).toMatch(/^\S*\+.* ?false\n|^\S*\+.* ?true\n/);
    expect(stderr).not.toMatch(/prefish|builtin|eval /);
    await run('!set +x');
    expect((await run('!true')).stderr).toBe('');
  });

  test.each(['exit 5', 'kill -9 $$', 'exec true', 'if'])('after `%s` the state is there', async (line) => {
    const { run } = await testShell(program);
    await run('!export KEPT=yes; cd /usr');
    await run(`!${line}`);
    expect((await run('!echo $KEPT; pwd')).stdout).toBe('yes\n/usr\n');
  });

  test('a line that exits keeps what it changed, and its code', async () => {
    const { run } = await testShell(program);
    expect((await run('!cd /usr; exit 9')).exit).toEqual({ code: 9 });
    expect((await run('!pwd')).stdout).toBe('/usr\n');
  });

  test('$? is how the line before ended', async () => {
    const { run } = await testShell(program);
    await run('!exit 7');
    expect((await run('!echo $?')).stdout).toBe('7\n');
    expect((await run('!echo $?')).stdout).toBe('0\n');
    await run('!kill -9 $$');
    expect((await run('!echo $?; set -e')).stdout).toBe('137\n');
    await run('!false');
    expect((await run('!echo runs')).stdout).toBe('runs\n');
  });

  test('the bookkeeping shows nowhere', async () => {
    const { run, shell } = await testShell(program);
    const before = shell.session.env;
    const { stdout } = await run('!echo "$# $*"; set; alias; typeset -f');
    expect(stdout.replaceAll(/^\w+_EXECUTION_STRING=.*/gm, '')).not.toContain('__prefish');
    await run('!true');
    expect(shell.session.env).not.toHaveProperty('PREFISH_LINE');
    expect(shell.session.env['SHLVL']).toBe(before['SHLVL']);
  });
});

test('bash options, and functions that need them, last', async () => {
  const { run } = await testShell();
  await run('!shopt -s extglob nullglob');
  await run('!only() { case $1 in @(a|b)) echo yes;; esac; }; plain() { echo plain; }; export -f plain');
  expect((await run('!only a; echo no*such; bash -c plain')).stdout).toBe('yes\n\nplain\n');
});

test('a variable that a shell cannot name goes on to the next line', async () => {
  const { run, shell } = await testShell();
  shell.session.setEnv({ ...shell.session.env, 'odd.name': 'kept' });
  await run('!export A=1');
  expect(shell.session.env).toMatchObject({ 'odd.name': 'kept', A: '1' });
  expect((await run('!printenv odd.name')).stdout).toBe('kept\n');
});

test('zsh runs `if … { … }` as it does where a person types', async ({ skip }) => {
  skip(!has('zsh'), 'zsh is not installed');
  const { run } = await testShell('/bin/zsh');
  expect(await run('!if [[ 1 ]] { echo brace }')).toMatchObject({ stdout: 'brace\n', stderr: '' });
  await run('!set -x');
  expect((await run('!if [[ 1 ]] { echo brace }')).stdout).toBe('brace\n');
});

test('zsh reads .zshenv once', async ({ skip }) => {
  skip(!has('zsh'), 'zsh is not installed');
  const { run, home } = await testShell('/bin/zsh');
  await writeFile(join(home, '.zshenv'), 'export LEVEL=first; hello() { echo hello; }');
  expect((await run('!echo $LEVEL; export LEVEL=mine')).stdout).toBe('first\n');
  expect((await run('!echo $LEVEL; hello')).stdout).toBe('mine\nhello\n');
});

test('a plain POSIX shell keeps folder and variables', async () => {
  const { run, shell, cwd } = await testShell('/bin/dash');
  await mkdir(join(cwd, 'sub'));
  expect((await run("!cd sub; export A='x\ny'; exit 4")).exit).toEqual({ code: 4 });
  expect(shell.session.cwd).toBe(join(cwd, 'sub'));
  expect((await run('!echo "$A"')).stdout).toBe('x\ny\n');
});

test('$? goes on to the next line of a plain POSIX shell', async () => {
  const { run } = await testShell('/bin/dash');
  await run('!exit 7');
  expect((await run('!echo $?')).stdout).toBe('7\n');
});

test('fish keeps folder and exported variables', async ({ skip }) => {
  skip(!has('fish'), 'fish is not installed');
  const { run, shell, cwd } = await testShell('/usr/bin/fish');
  await mkdir(join(cwd, "it's"));
  expect((await run(`!cd "it's"; set -gx A 'x\\y'; set -gx PATH /first $PATH; exit 4`)).exit).toEqual({
    code: 4,
  });
  expect(shell.session.cwd).toBe(join(cwd, "it's"));
  expect(shell.session.env['PATH']).toMatch(/^\/first:/);
  expect((await run('!echo $A; pwd; set -e A')).stdout).toBe(`x\\y\n${join(cwd, "it's")}\n`);
  expect(shell.session.env).not.toHaveProperty('A');
});

test('state outlives a cleaning of the temporary folder', async () => {
  const { run } = await testShell();
  const { stdout } = await run(`!f() { echo kept; }; tr '\\0' ' ' </proc/$$/cmdline`);
  const folder = /\S*\/prefish-shell-\w+/.exec(stdout)?.[0].replace(/^.*?(?=\/)/, '');
  await rm(folder!, { recursive: true });
  expect((await run('!f')).stdout).toBe('kept\n');
});

test('another shell begins with the folder and the variables, not with foreign code', async ({ skip }) => {
  skip(!has('zsh'), 'zsh is not installed');
  const { run, shell } = await testShell();
  await run('!cd /usr; export A=1; alias x="echo x"');
  shell.session.setEnv({ ...shell.session.env, SHELL: '/bin/zsh' });
  const { stdout, stderr } = await run('!echo $A ${ZSH_VERSION:+zsh}; pwd');
  expect({ stdout, stderr }).toEqual({ stdout: '1 zsh\n/usr\n', stderr: '' });
});
