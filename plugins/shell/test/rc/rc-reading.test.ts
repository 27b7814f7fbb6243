import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { has } from '../../../../test/support/capabilities.ts';
import { needs } from '../../../../test/support/needs.ts';
import { processesWithEnvironment } from '../../../../test/support/processes.ts';
import { testShell, until } from '../harness.ts';

/** A shell at a prompt, whose user has this rc file. */
function withRc(program: string, rc: string, files: Readonly<Record<string, string>> = {}) {
  const file = program.endsWith('zsh') ? '.zshrc' : '.bashrc';
  return testShell(program, {}, { rc: true }, { [file]: rc, ...files });
}

const warnings = ({ events }: Awaited<ReturnType<typeof testShell>>): string[] =>
  events.flatMap((event) => (event.type === 'warning' ? [`${event.code}: ${event.message}`] : []));

describe.each(['/bin/bash', '/bin/zsh'])('with %s', (program) => {
  if (program === '/bin/zsh') needs('zsh');
  const option = program === '/bin/zsh' ? 'setopt extendedglob' : 'shopt -s extglob';
  const hasOption = program === '/bin/zsh' ? '[[ -o extendedglob ]]' : 'shopt -q extglob';

  test('aliases, functions, options and variables of the rc file are there, and what it prints is not', async () => {
    const t = await withRc(
      program,
      `case $- in *i*) ;; *) return;; esac
      echo noise; echo trouble >&2
      alias hey='echo hey'; greet() { echo "hello $1"; }; ${option}
      export PATH="$HOME/bin:$PATH" EDITOR=ed`,
    );
    const { stdout, stderr } = await t.run(`!hey you; greet me; ${hasOption} && echo on; echo $EDITOR`);
    expect({ stdout, stderr }).toEqual({ stdout: 'hey you\nhello me\non\ned\n', stderr: '' });
    expect(t.shell.session.env['PATH']).toMatch(new RegExp(`^${t.home}/bin:`));
    expect(warnings(t)).toEqual([]);
  });

  test('it is read once, and lines change what it defined', async () => {
    const t = await withRc(program, 'echo read >>~/reads; alias hey="echo hey"; export LEVEL=rc');
    await t.run('!export LEVEL=mine; unalias hey');
    expect((await t.run('!echo $LEVEL; alias hey')).stdout).toBe('mine\n');
    expect(await readFile(join(t.home, 'reads'), 'utf8')).toBe('read\n');
  });

  test('it is read while the prompt is idle', async () => {
    const t = await withRc(program, 'export FROM_RC=yes');
    await until(() => t.shell.session.env['FROM_RC'] === 'yes');
  });

  test.each([
    ['exits', 'exit 1'],
    ['exits, and has something to do then', 'trap "echo >~/exited" EXIT; exit'],
    ['becomes another program', 'exec cat'],
    ['waits for an answer', 'read answer; read answer </dev/tty'],
    ['goes elsewhere', 'cd /'],
    ['has traps', 'trap "echo debug" DEBUG; trap "echo err" ERR; trap "echo >~/exited" EXIT; false'],
    ['has what runs before a prompt', 'PROMPT_COMMAND="echo prompt"; precmd() { echo prompt; }'],
    ['asks for the terminal', 'export GPG_TTY=$(tty); stty -ixon; [ -t 0 ] && exit'],
  ])('nothing breaks where it %s', async (_, rc) => {
    const t = await withRc(program, `alias hey='echo hey'\n${rc}\n`);
    const { stdout, stderr, exit } = await t.run('!hey; pwd; echo ${GPG_TTY-no terminal}');
    expect({ stdout, stderr, exit }).toEqual({
      stdout: `hey\n${t.cwd}\nno terminal\n`,
      stderr: '',
      exit: { code: 0 },
    });
    expect(warnings(t)).toEqual([]);
    await expect(readFile(join(t.home, 'exited'))).rejects.toThrow('ENOENT');
  });

  test('what it starts goes on', async () => {
    const t = await withRc(program, 'sleep 300 & export AGENT_PID=$!');
    const { stdout } = await t.run('!kill -0 $AGENT_PID && echo runs; kill $AGENT_PID');
    expect(stdout).toBe('runs\n');
  });

  test('one that hangs is ended with all that it started, named once, and lines run', async () => {
    const t = await withRc(
      program,
      'alias hey="echo hey"; export RC_HANGS=$HOME; (setsid sleep 300 &); sleep 300',
    );
    expect((await t.run('!echo runs')).stdout).toBe('runs\n');
    expect((await t.run('!hey')).exit).toEqual({ code: 127 });
    expect(warnings(t)).toEqual([
      expect.stringMatching(/^PREFISH_SHELL_RC: ~\/\.\w+rc is not done after 3 s: /),
    ]);
    expect(await processesWithEnvironment(`RC_HANGS=${t.home}`)).toEqual([]);
  });

  test('one that ends its shell is named', async () => {
    const t = await withRc(program, 'kill -9 $$');
    expect((await t.run('!echo runs')).stdout).toBe('runs\n');
    expect(warnings(t)).toEqual([expect.stringContaining('ended the shell that read it')]);
  });

  test('a line that is interrupted does not wait for it', async () => {
    const t = await withRc(program, 'export RC_HANGS=$HOME; sleep 300');
    const interrupt = new AbortController();
    const running = t.run('!echo runs', interrupt.signal);
    await until(async () => (await processesWithEnvironment(`RC_HANGS=${t.home}`)).length > 0);
    interrupt.abort();
    expect((await running).stdout).toBe('');
    await t.shell.close();
    expect(await processesWithEnvironment(`RC_HANGS=${t.home}`)).toEqual([]);
  });

  test('scripts do not read it', async () => {
    const t = await testShell(program, {}, {}, { '.bashrc': 'touch ~/read', '.zshrc': 'touch ~/read' });
    await t.run('!true');
    await expect(readFile(join(t.home, 'read'))).rejects.toThrow('ENOENT');
  });
});

test('bash: what is there for completion alone is left out', async () => {
  const t = await withRc(
    '/bin/bash',
    '. ~/bash_completion; source <(echo "_c() { echo c; }"); _mine() { echo mine; }',
    { bash_completion: '_a() { echo a; }' },
  );
  expect((await t.run('!_mine; type -t _a _c')).stdout).toBe('mine\n');
});

test('zsh: functions to be loaded are found where the rc file says', async ({ skip }) => {
  skip(!has('zsh'), 'zsh is not installed');
  const t = await withRc(
    '/bin/zsh',
    'fpath=(~/functions $fpath); autoload -Uz late _late; ZDOTDIR=~/elsewhere',
    { '.zshenv': 'export ENV_READ=yes' },
  );
  await mkdir(join(t.home, 'functions'));
  await writeFile(join(t.home, 'functions', 'late'), 'echo "loaded $ENV_READ"');
  expect((await t.run('!late; echo ${+functions[_late]}')).stdout).toBe('loaded yes\n0\n');
});
