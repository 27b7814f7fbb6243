import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { has } from '../support/capabilities.ts';
import { sandboxHome } from '../support/sandbox-home.ts';

test('--version and --help', async () => {
  await using t = await sandboxHome();
  expect((await t.prefish(['--version'])).stdout).toBe('0.1.0\n');
  const help = (await t.prefish(['--help'])).stdout;
  for (const word of ['tasks', 'memory', 'explain', 'daemon', 'doctor', '--json', '&'])
    expect(help).toContain(word);
  const logs = (await t.prefish(['tasks', 'logs', '--help'])).stdout;
  expect(logs).toMatch(/^prefish tasks logs <ID> \[--after SEQ\]\n/);
  expect(logs).toContain('--follow');
});

test('an unknown command is refused, with the one that was meant', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['taks']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('Did you mean tasks?');
  expect((await t.prefish(['daemon', 'stat'])).code).toBe(2);
  expect((await t.prefish(['login'])).stderr).not.toContain('Did you mean');
});

test('a line given as a command is told where lines go', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['!echo a']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain("prefish -c '!echo a'");
});

test('an unknown option of a command is named in a sentence', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['tasks', 'logs', '@last', '-x']);
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/^prefish: tasks logs: There is no option -x\n/);
});

test('explain says who would take a line, and runs nothing', async () => {
  await using t = await sandboxHome();
  const explain = async (line: string): Promise<unknown> =>
    (await t.prefish(['explain', line, '--json'])).json();
  expect(await explain('!touch x')).toMatchObject({ prefix: { id: 'shell', token: '!' }, body: 'touch x' });
  expect(await explain('& !npm test')).toMatchObject({
    prefix: { id: 'teleport', token: '&' },
    place: 'this machine',
    network: 'full',
  });
  expect(await explain('& --network none # x')).toMatchObject({
    there: { id: 'memory', token: '#' },
    network: 'none',
  });
  expect(await explain('words')).toMatchObject({ body: 'words', reason: expect.any(String) });
  expect(await explain('/taks ls')).toMatchObject({ body: '/taks ls', hint: 'Did you mean /tasks?' });
  expect((await t.prefish(['-c', '!ls -A'])).stdout).not.toContain('x');
});

test('plugins lists what is loaded', async () => {
  await using t = await sandboxHome();
  const plugins = (await t.prefish(['plugins', '--json'])).json<{ name: string; prefixes: string[] }[]>();
  expect(plugins.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@prefish/plugin-shell', '@prefish/plugin-memory', '@prefish/plugin-teleport']),
  );
});

test('--plugin adds a file that imports @prefish/core from anywhere; without one that fails, no line runs', async () => {
  await using t = await sandboxHome();
  await writeFile(
    join(t.home, 'shout.ts'),
    `import { definePlugin, type Plugin } from '@prefish/core';
     export default definePlugin({ name: 'shout', api: '^1', setup(shell) {
       shell.prefix({ id: 'shout', token: '^', summary: 'Say it loudly',
         run: (body: string, { out }) => { out.line(body.toUpperCase()); return { type: 'ok' }; } });
     } });`,
  );
  await writeFile(join(t.home, 'broken.mjs'), `throw new Error('out of order');`);
  const line = ['-c', '^ hello'];
  expect(await t.prefish(['--plugin', './shout.ts', ...line])).toMatchObject({ code: 0, stdout: 'HELLO\n' });
  const run = await t.prefish(['--plugin', './shout.ts', '--plugin', 'broken.mjs', ...line]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('broken.mjs');
  expect(run.stderr).toContain('out of order');
});

test('completion offers commands, and what stands below them', async () => {
  await using t = await sandboxHome();
  const complete = async (...words: string[]): Promise<string[]> =>
    (await t.prefish(['completion', 'words', '--', ...words])).stdout.trim().split('\n');
  expect(await complete('da')).toEqual(['daemon']);
  expect(await complete('daemon', 'st')).toEqual(['start', 'stop', 'status']);
  expect(await complete('--in')).toEqual(['--input-json']);
  for (const shell of ['bash', 'zsh', 'fish']) {
    expect((await t.prefish(['completion', shell])).stdout).toMatch(/prefish completion (words|details)/);
  }
});

test('doctor checks what prefish needs', async () => {
  await using t = await sandboxHome();
  const checks = (await t.prefish(['doctor', '--json'])).json<{ check: string; ok: boolean }[]>();
  expect(checks.map(({ check }) => check)).toEqual([
    'node',
    'git',
    'shell',
    'folders',
    'config',
    'sandbox',
    ...(has('bubblewrap') ? ['seccomp'] : []),
    ...(process.platform === 'linux' ? ['limits'] : []),
    'server',
    'agents',
  ]);
  const without = await t.prefish(['doctor'], { env: { PATH: '/nowhere' } });
  expect(without.code).toBe(1);
  expect(without.stdout).toMatch(/FIX +git/);
});

test('doctor says what a line of the user’s shell leaves to the next', async () => {
  await using t = await sandboxHome();
  const shell = async (program: string): Promise<string> =>
    /ok +shell +(.*)/.exec((await t.prefish(['doctor'], { env: { SHELL: program } })).stdout)![1]!;
  expect(await shell('/bin/bash')).toMatch(
    /^\/bin\/bash; a line leaves .*aliases.*; at a prompt ~\/\.bashrc is read once$/,
  );
  expect(await shell('/bin/sh')).toBe('/bin/sh; a line leaves the folder and exported variables to the next');
});

test('doctor names what to install, also when the server knows what is missing', async () => {
  await using t = await sandboxHome();
  const bin = join(t.home, 'bin');
  await mkdir(bin);
  const { stdout: git } = await t.prefish(['-c', '!command -v git']);
  await symlink(git.trim(), join(bin, 'git'));
  const env = { PATH: bin };
  for (const begin of [[], ['daemon', 'start']]) {
    if (begin.length > 0) expect((await t.prefish(begin, { env })).code).toBe(0);
    const { stdout } = await t.prefish(['doctor'], { env });
    expect(stdout).toMatch(/FIX +sandbox .*\n +apt install bubblewrap/);
  }
});

test('doctor says which agent is configured, and what tasks would use it with', async () => {
  await using t = await sandboxHome();
  const agent = async (configured: object): Promise<string> => {
    await mkdir(join(t.prefishHome, 'config'), { recursive: true });
    await writeFile(
      join(t.prefishHome, 'config', 'prefish.config.json'),
      JSON.stringify({ agent: configured }),
    );
    return (await t.prefish(['doctor'], { env: { OPENAI_API_KEY: 'hush' } })).stdout;
  };
  expect(await agent({ command: '/bin/cat', model: 'openai' })).toMatch(
    /ok +agents +cat, as configured \(tasks use OPENAI_API_KEY\)/,
  );
  expect(await agent({ command: '/bin/cat', model: 'google' })).toContain('prefish keys set GEMINI_API_KEY');
  expect(await agent({ command: 'not-there' })).toMatch(/FIX +agents +The configured agent not-there/);
});

test('--color always colours what a command prints into a pipe; a pipe alone does not', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  await t.prefish(['-c', '& --wait !true'], { cwd });
  const listed = async (...args: string[]): Promise<string> =>
    (await t.prefish(['tasks', 'ls', ...args])).stdout;
  expect(await listed('--color', 'always')).toMatch(/\x1b\[\d+mcompleted/);
  expect(await listed()).not.toContain('\x1b');
  expect((await t.prefish(['-c', '/tasks ls', '--color', 'always'])).stdout).toContain('\x1b[');
});

test('--json says on standard output why a command failed, and nothing on standard error', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['tasks', 'show', '99', '--json']);
  expect(run).toMatchObject({ code: 4, stderr: '' });
  expect(run.events()).toMatchObject([{ seq: 1, type: 'error', code: 'PREFISH_TASK_NOT_FOUND' }]);
});
