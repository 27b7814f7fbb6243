import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';

async function configured(configuration: object): Promise<SandboxHome> {
  const t = await sandboxHome();
  await writeFile(join(t.home, 'own.json'), JSON.stringify(configuration));
  return t;
}

test('help tells all about one prefix, by its token or its id', async () => {
  await using t = await sandboxHome();
  const byToken = await t.prefish(['-c', '/help &']);
  expect(byToken.code).toBe(0);
  for (const told of [
    'teleport',
    '@prefish/plugin-teleport',
    '--timeout SECONDS',
    'prefixes: { teleport:',
    '& !npm test',
  ])
    expect(byToken.stdout).toContain(told);
  expect((await t.prefish(['-c', '/help teleport'])).stdout).toBe(byToken.stdout);
  expect((await t.prefish(['help', '&'])).stdout).toBe(byToken.stdout);
  const both = await t.prefish(['-c', '/help memory']);
  expect(both.stdout).toMatch(/^# {2}Note [\s\S]*--to PLACE[\s\S]*\n\n\/memory {2}The memory files/);
});

test('a renamed prefix is explained, and shown in examples, with its token of now', async () => {
  await using t = await configured({ prefixes: { shell: '$', teleport: ['&', '>>'] } });
  const shown = async (line: string): Promise<string> =>
    (await t.prefish(['--config', 'own.json', '-c', line])).stdout;
  expect(await shown('/help $')).toMatch(/^\$ {2}Run a command[\s\S]*id +shell\n[\s\S]*\n {2}\$git status\n/);
  expect(await shown('/help >>')).toMatch(
    /^& {2}>> {2}Run the line[\s\S]*\n {2}& \$npm test\n[\s\S]*\n {2}>> \$npm test\n/,
  );
  expect(await shown('?')).toMatch(/\n {2}\$ +shell +Run a command in your shell, here \(\$git status\)\n/);
});

test('help tells all about a command, and what stands below it', async () => {
  await using t = await sandboxHome();
  const { stdout } = await t.prefish(['-c', '/help tasks']);
  expect(stdout).toMatch(/^\/tasks \[options\] {2}Everything that runs/);
  expect(stdout).toMatch(/\n {2}show ID +Everything known about a task\n/);
  expect((await t.prefish(['-c', '/help /tasks apply'])).stdout).toMatch(/--branch NAME/);
  expect((await t.prefish(['help', 'tasks'])).stdout).toContain('prefish tasks');
});

test('what nobody does in the middle of a session stands in one row', async () => {
  await using t = await sandboxHome();
  const { stdout } = await t.prefish(['-c', '/help']);
  expect(stdout).toMatch(
    /\n {2}… +outside of the shell: prefish serve, prefish worker, prefish users, prefish completion\n/,
  );
  expect(stdout).not.toContain('/serve');
  expect((await t.prefish(['-c', '/help serve'])).stdout).toContain('/serve');
  expect((await t.prefish(['--help'])).stdout).toContain('prefish serve');
});

test('help about what there is not says what may have been meant', async () => {
  await using t = await sandboxHome();
  expect(await t.prefish(['-c', '/help tsks'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no prefix or command "tsks"[\s\S]*Did you mean \/help tasks\?/),
  });
  expect((await t.prefish(['-c', '/help shel'])).stderr).toContain('Did you mean /help shell?');
  expect((await t.prefish(['-c', '/help nope'])).stderr).toContain('hint: /help lists them all.');
  expect(await t.prefish(['-c', '/help tasks aply'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('It has ls, show'),
  });
});

test('--help behind a command in the shell is help about it', async () => {
  await using t = await sandboxHome();
  const { stdout } = await t.prefish(['-c', '/help tasks apply']);
  expect((await t.prefish(['-c', '/tasks apply --help'])).stdout).toBe(stdout);
  expect((await t.prefish(['-c', '/help config'])).stdout).toBe(
    (await t.prefish(['-c', '/config -h'])).stdout,
  );
});

test('explain takes the rest of a line in the shell as it is', async () => {
  await using t = await sandboxHome();
  const plain = await t.prefish(['explain', '& npm  "test"']);
  expect((await t.prefish(['-c', '/explain & npm  "test"'])).stdout).toBe(plain.stdout);
  expect((await t.prefish(['-c', `/explain '& npm  "test"'`])).stdout).toBe(plain.stdout);
});

test('help tells the keys of the prompt', async () => {
  await using t = await sandboxHome();
  const { stdout, code } = await t.prefish(['-c', '/help prompt']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Alt\+Enter, Ctrl\+J {2}/);
  expect(stdout).toMatch(/Ctrl\+R +searches earlier lines/);
  expect(stdout).toMatch(/behind !.*:\n +Ctrl\+B +sends it to the background/);
  const other = ['@prefish/plugin-shell', { backgroundKey: 'ctrl+g' }];
  await using own = await configured({ plugins: [other] });
  const renamed = await own.prefish(['--config', 'own.json', '-c', '/help prompt']);
  expect(renamed.stdout).toMatch(/\n +Ctrl\+G +sends it to the background/);
});
