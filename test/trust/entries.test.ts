import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { openWitness, type Witness } from './witness.ts';

/** Two repositories: one that is a script, one that names a plugin. */
async function repositories(t: SandboxHome, { code, plugin }: Witness): Promise<string[]> {
  const script = await t.repository({ 'prefish.config.mjs': `${code}\nexport default {};\n` });
  const named = await t.repository({ 'prefish.config.yaml': 'plugins: [./evil.mjs]\n', 'evil.mjs': plugin });
  return [script.path, named.path];
}

const refused = ['-c !true', '--json -c !true', '--json --input-json -c !true', ''];
const looking = [
  'explain !true',
  'config show',
  'config check',
  'config path',
  'doctor',
  'plugins ls --json',
  'tasks ls --json',
  'trust',
  'trust --list',
  'completion bash',
  'completion bash prefish tr',
  'help',
  '--help',
  'memory ls',
];

test('no way of calling prefish loads what is not trusted, and each would load what is', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  for (const cwd of await repositories(t, witness)) {
    for (const words of [...refused, ...looking]) {
      const run = await t.prefish(words.split(' ').filter(Boolean), { cwd, input: '!true\n' });
      expect(witness.seen(), words).toBe(false);
      if (refused.includes(words)) {
        expect(run.code, words).toBe(2);
        expect(run.stdout + run.stderr, words).toContain('PREFISH_UNTRUSTED');
      }
    }
    await t.prefish(['trust', '--yes'], { cwd });
    for (const words of [...refused, 'explain !true', 'plugins ls --json']) {
      await t.prefish(words.split(' ').filter(Boolean), { cwd, input: '!true\n' });
      expect(witness.seen(), words).toBe(true);
    }
  }
});

test('--json has the refusal as an event, and --no-config goes on without the file', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const [cwd] = (await repositories(t, witness)) as [string];
  const [event] = (await t.prefish(['--json', '-c', '!true'], { cwd })).events();
  expect(event).toMatchObject({
    type: 'error',
    code: 'PREFISH_UNTRUSTED',
    hint: expect.stringContaining('prefish trust'),
  });
  expect(await t.prefish(['--no-config', '-c', '!echo ran'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'ran\n',
  });
  expect(witness.seen()).toBe(false);
});

test('the prompt asks; "not now" asks again, "never" does not, and a yes loads it at once', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const [cwd] = (await repositories(t, witness)) as [string];
  const answer = async (choice: string, keyPresses: string, shell = '!'): Promise<void> => {
    await using terminal = openTerminal(t, [], { cwd });
    await terminal.shows('run prefish.config.mjs');
    await terminal.shows(choice);
    await terminal.shows('> 1 ');
    expect(witness.seen()).toBe(false);
    terminal.type(`${keyPresses}${keys.enter}`);
    await terminal.hides('> ');
    terminal.type(`${shell}echo $((40+2))${keys.enter}`);
    await terminal.shows(/^42$/m);
  };
  await answer('Not now', '');
  expect(witness.seen()).toBe(false);
  await answer('Never', keys.down + keys.down);
  expect(witness.seen()).toBe(false);
  {
    await using terminal = openTerminal(t, [], { cwd });
    terminal.type(`!echo $((40+2))${keys.enter}`);
    await terminal.shows(/^42$/m);
    expect(terminal.screen()).not.toContain('Not now');
    expect(witness.seen()).toBe(false);
  }
  writeFileSync(
    join(cwd, 'prefish.config.mjs'),
    `${witness.code}\nexport default { prefixes: { shell: '$' } };\n`,
  );
  await answer('Trust it', keys.down, '$');
  expect(witness.seen()).toBe(true);
});

test('a shell that goes to another folder does not load what lies there', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const [evil] = (await repositories(t, witness)) as [string];
  await t.prefish(['-c', `!cd ${evil}`, '-c', '!pwd', '-c', '/plugins ls'], {});
  expect(witness.seen()).toBe(false);
  await t.prefish(['trust', evil, '--yes']);
  expect(witness.seen()).toBe(false);
  await t.prefish(['-c', '!true'], { cwd: evil });
  expect(witness.seen()).toBe(true);
});

test('trust is for a repository: not for one inside of it, nor for a configuration that appears below', async () => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const [cwd] = (await repositories(t, witness)) as [string];
  await t.prefish(['trust', '--yes'], { cwd });
  const config = `${witness.code}\nexport default {};\n// another\n`;
  for (const name of ['sub', 'nested']) {
    mkdirSync(join(cwd, name));
    writeFileSync(join(cwd, name, 'prefish.config.mjs'), config);
  }
  mkdirSync(join(cwd, 'nested', '.git'));
  for (const name of ['sub', 'nested']) {
    const run = await t.prefish(['-c', '!true'], { cwd: join(cwd, name) });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('PREFISH_UNTRUSTED') });
    expect(witness.seen()).toBe(false);
  }
});

test('the names that a repository gives its files cannot drive the terminal that asks', async () => {
  await using t = await sandboxHome();
  const name = 'a\u001b[2J\u001b]0;x\u0007\nrun nothing\u202e.mjs';
  const { path: cwd } = await t.repository({
    'prefish.config.json': JSON.stringify({ plugins: [`./${name}`] }),
    [name]: 'export default {};',
  });
  for (const words of [['-c', '!true'], ['trust'], ['config', 'check'], ['config', 'path']]) {
    const { stdout, stderr } = await t.prefish(words, { cwd });
    expect(stdout + stderr, words.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(stdout + stderr, words.join(' ')).not.toMatch(/^run nothing/m);
  }
  expect((await t.prefish(['trust'], { cwd })).stdout).toContain(
    'a\\u{1b}[2J\\u{1b}]0;x\\u{7}\\u{a}run nothing\\u{202e}.mjs',
  );
});
