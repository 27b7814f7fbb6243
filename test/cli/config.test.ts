import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRepository, type Repository } from '../support/repository.ts';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

const plugin = (id: string, token: string): string => `
import { definePlugin } from '@prefish/core';
export default definePlugin({
  name: 'prefish-plugin-${id}',
  api: '^1',
  setup(shell) {
    shell.prefix({ id: '${id}', token: '${token}', summary: 'Says it', run: (body, { out }) => {
      out.line('${id} ' + body + ' ' + JSON.stringify(shell.options ?? null));
      return { type: 'ok' };
    } });
  },
});
`;

let t: SandboxHome;
let repositories = 0;
beforeAll(async () => {
  t = await sandboxHome();
});
afterAll(() => t[Symbol.asyncDispose]());

/** A repository, and the user's configuration, with these files; both are new. */
async function project(
  files: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>> = {},
): Promise<Repository & { run(...args: string[]): Promise<Run> }> {
  await rm(t.prefishHome, { recursive: true, force: true });
  for (const [name, content] of Object.entries(own)) await put(join(t.prefishHome, 'config', name), content);
  const repository = await createRepository(join(t.root, `project-${++repositories}`), {}, t.env);
  for (const [name, content] of Object.entries(files)) await put(join(repository.path, name), content);
  return { ...repository, run: (...args) => t.prefish(args, { cwd: repository.path }) };
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Leaves a file behind when it runs. */
const witness = (path: string): string =>
  `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(path)}, '');`;

test.each([
  [
    'prefish.config.ts',
    `import { defineConfig } from '@prefish/core'; export default defineConfig({ prefixes: { shell: '$' } });`,
  ],
  ['prefish.config.mts', `const shell: string = '$'; export default { prefixes: { shell } };`],
  ['prefish.config.mjs', `export default { prefixes: { shell: '$' } };`],
  ['prefish.config.js', `module.exports = { prefixes: { shell: '$' } };`],
  ['prefish.config.json', `{ "prefixes": { "shell": "$" } }`],
  ['prefish.config.yaml', `prefixes:\n  shell: $\n`],
])('the user’s own %s counts', async (name, content) => {
  const { run } = await project({}, { [name]: content });
  const ran = await run('-c', '$ echo renamed');
  expect(ran).toMatchObject({ code: 0, stdout: 'renamed\n', stderr: '' });
  const shown = (await run('config', 'show', '--json')).json<{
    value: object;
    origins: Record<string, string>;
  }>();
  expect(shown.value).toMatchObject({ prefixes: { shell: '$', memory: '#' } });
  expect(shown.origins).toMatchObject({
    'prefixes.shell': join(t.prefishHome, 'config', name),
    'prefixes.memory': 'default',
  });
});

test('a project renames without trust; the old token is refused and says who took it', async () => {
  const { run, path } = await project({ '.prefishrc': 'prefixes: { shell: $ }' });
  expect(await run('-c', '$ echo renamed')).toMatchObject({ code: 0, stdout: 'renamed\n' });
  const old = await run('-c', '!echo old');
  expect(old).toMatchObject({ code: 2, stdout: '' });
  expect(old.stderr).toContain(`${path}/.prefishrc has given "shell" the token $`);
  expect(await run('--no-config', '-c', '!echo old')).toMatchObject({ code: 0, stdout: 'old\n' });
});

test('what a project may not do without trust stops lines, and only warns commands', async () => {
  const { run, path } = await project({
    'package.json': '{"prefish":{"plugins":["./a.mjs"],"server":"http://127.0.0.1:9"}}',
  });
  await put(join(path, 'a.mjs'), witness(join(path, 'ran')));
  const line = await run('-c', '!echo no');
  expect(line).toMatchObject({ code: 2, stdout: '' });
  expect(line.stderr).toMatch(/load the plugin \.\/a\.mjs; send lines to http:\/\/127\.0\.0\.1:9/);
  expect((await run('--json', '-c', '!echo no')).events()).toMatchObject([
    { type: 'error', code: 'PREFISH_UNTRUSTED' },
  ]);
  expect(await t.prefish([], { cwd: path, input: '!echo no\n' })).toMatchObject({ code: 2, stdout: '' });
  const command = await run('tasks', 'ls', '--json');
  expect(command).toMatchObject({ code: 0 });
  expect(command.json()).toEqual({ tasks: [] });
  expect(command.stderr).toContain('PREFISH_UNTRUSTED');
  expect(await run('config', 'check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('waits for trust'),
  });
  await expect(readFile(join(path, 'ran'))).rejects.toThrow('ENOENT');

  expect(await run('trust', '--yes')).toMatchObject({ code: 0 });
  await run('plugins', 'ls');
  await expect(readFile(join(path, 'ran'))).resolves.toBeDefined();
});

test('at the prompt one question is asked; "not now" and "never" run without, "trust" with it', async () => {
  const { path } = await project({
    'prefish.config.ts': `import { writeFileSync } from 'node:fs';
      writeFileSync(new URL('ran', import.meta.url), '');
      export default { plugins: ['./say.ts'] };`,
    'say.ts': plugin('say', '^'),
  });
  const ask = async (answer: string, line: string, shows: string | RegExp): Promise<void> => {
    await using terminal = openTerminal(t, [], { cwd: path, columns: 120 });
    await terminal.shows('Trust the configuration of');
    await terminal.shows('> 1 ');
    expect(terminal.screen()).toContain('run prefish.config.ts');
    // Typed behind the answer, it is the next line.
    terminal.type(`${answer}${line}${keys.enter}`);
    await terminal.shows(shows);
    // What is typed before the prompt is back is the program's.
    await terminal.shows(/^❯$/m);
    terminal.type(keys.endOfInput);
    expect(await terminal.ended).toBe(0);
  };
  await ask(keys.enter, '!echo without', /^without$/m);
  await expect(readFile(join(path, 'ran'))).rejects.toThrow('ENOENT');
  await ask(`${keys.down}${keys.enter}`, '^ hi', 'say hi');
  expect(await t.prefish(['-c', '^ again'], { cwd: path })).toMatchObject({ code: 0 });

  await put(join(path, 'say.ts'), plugin('say', '%'));
  await ask(`${keys.down}${keys.down}${keys.enter}`, '!echo on', /^on$/m);
  await using terminal = openTerminal(t, [], { cwd: path, columns: 120 });
  await terminal.shows('PREFISH_UNTRUSTED');
  terminal.type(`!echo unasked${keys.enter}`);
  await terminal.shows(/^unasked$/m);
  expect(terminal.screen()).not.toContain('Trust the configuration of');
});

test.each([
  ['a syntax error', 'prefish.config.json', '{', /not valid JSON/],
  ['an unknown key', 'prefish.config.yaml', 'plugin: []', /Did you mean plugins\?/],
  ['an enum', 'prefish.config.ts', 'enum A { b }; export default { network: A.b };', /enums/],
  ['ES syntax in CommonJS', 'prefish.config.js', 'export default {};', /ends in \.mjs/],
  [
    'a missing package',
    'prefish.config.mjs',
    `import 'prefish-plugin-missing'; export default {};`,
    /npm install prefish-plugin-missing/,
  ],
  ['a throw', 'prefish.config.mjs', 'throw new Error("no luck");', /no luck \(.*prefish\.config\.mjs:1\)/],
  ['no default export', 'prefish.config.mjs', 'export const a = 1;', /no default export/],
])('%s: lines stop, the prompt and what mends it work', async (_, name, content, message) => {
  const { run, path } = await project({}, { [name]: content, 'package.json': '{"type":"commonjs"}' });
  const line = await run('-c', '!echo no');
  expect(line).toMatchObject({ code: 2, stdout: '' });
  expect(line.stderr).toContain(join(t.prefishHome, 'config', name));
  expect(line.stderr).toMatch(message);
  expect(await run('tasks')).toMatchObject({ code: 2 });
  expect(await run('config', 'check')).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  for (const command of [
    ['config', 'show'],
    ['config', 'path'],
    ['explain', '!x'],
    ['daemon', 'status'],
    ['--help'],
  ])
    expect(await run(...command), command.join(' ')).toMatchObject({ code: 0 });
  expect((await run('doctor')).stdout).toMatch(/FIX {2}config/);
  await using terminal = openTerminal(t, [], { cwd: path, columns: 200 });
  await terminal.shows(/PREFISH_CONFIG_/);
  terminal.type(`!echo on${keys.enter}`);
  await terminal.shows(/^on$/m);
});

test('plugins: options, a package from the file’s folder, one that fails, one that is switched off', async () => {
  const { run } = await project(
    {},
    {
      'prefish.config.yaml': `
plugins:
  - ./say.ts
  - prefish-plugin-packed
  - ./broken.ts
  - ./missing.ts
  - ["@prefish/plugin-memory", false]
prefixes: { say: ">", broken: "%" }
`,
      'say.ts': plugin('say', '^'),
      'broken.ts': 'throw new Error("broken indeed");',
      'node_modules/prefish-plugin-packed/package.json':
        '{"name":"prefish-plugin-packed","type":"module","exports":{"import":"./main.js"}}',
      'node_modules/prefish-plugin-packed/main.js': plugin('packed', '='),
    },
  );
  const ran = await run('-c', '> hi', '-c', '= hi', '-c', '!echo on');
  expect(ran).toMatchObject({ code: 0, stdout: 'say hi null\npacked hi null\non\n' });
  expect(ran.stderr).toMatch(/broken\.ts.*broken indeed/);
  expect(ran.stderr).toMatch(/missing\.ts.*is not there/);
  expect(await run('-c', '% x')).toMatchObject({ code: 2, stderr: expect.stringMatching(/prefix "broken"/) });
  expect(await run('-c', '# x')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/plugin-memory is switched off in .*prefish\.config\.yaml/),
  });
  const listed = (await run('plugins', 'ls', '--json')).json<
    { name: string; origin: string; path?: string; error?: string; code?: string }[]
  >();
  expect(listed).toContainEqual(
    expect.objectContaining({
      name: 'prefish-plugin-packed',
      path: expect.stringMatching(/packed\/main\.js$/),
    }),
  );
  expect(listed.find(({ name }) => name.endsWith('missing.ts'))).toMatchObject({
    code: 'PREFISH_PLUGIN_NOT_FOUND',
  });
});

test('--config wins over all, is trusted, and --no-config reads none', async () => {
  const { run, path } = await project(
    { '.prefishrc': 'prefixes: { shell: $ }', 'own.mjs': `export default { prefixes: { shell: '%' } };` },
    { 'prefish.config.json': '{"network":"none"}' },
  );
  expect(await run('--config', 'own.mjs', '-c', '% echo given')).toMatchObject({
    code: 0,
    stdout: 'given\n',
  });
  const { origins } = (await run('config', 'show', '--json', '--config', 'own.mjs')).json<{
    origins: Record<string, string>;
  }>();
  expect(origins).toMatchObject({
    'prefixes.shell': join(path, 'own.mjs'),
    network: join(t.prefishHome, 'config/prefish.config.json'),
  });
  const given = await t.prefish(['-c', '% echo given'], {
    cwd: path,
    env: { PREFISH_CONFIG: join(path, 'own.mjs') },
  });
  expect(given).toMatchObject({ code: 0, stdout: 'given\n' });
  expect(await run('--config', 'none.json', '-c', '!x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PREFISH_CONFIG_MISSING'),
  });
  expect(await run('--config', 'own.mjs', '--no-config', '-c', '!x')).toMatchObject({ code: 2 });
  expect((await run('config', 'path', '--no-config', '--json')).json()).toMatchObject({ files: [] });
});

test('environment and flags win, and say so; a task reads no project', async () => {
  const { path } = await project({ '.prefishrc': 'prefixes: { shell: $ }' });
  const show = async (args: string[], env: Record<string, string>): Promise<Record<string, string>> =>
    (await t.prefish(['config', 'show', '--json', ...args], { cwd: path, env })).json<{
      origins: Record<string, string>;
    }>().origins;
  const env = { PREFISH_SERVER: 'https://a.example' };
  expect(await show([], env)).toMatchObject({ server: 'PREFISH_SERVER' });
  expect(await show(['--server', 'https://b.example'], env)).toMatchObject({ server: '--server' });
  expect(await show([], { PREFISH_TASK: 'x' })).toMatchObject({ 'prefixes.shell': 'default' });
});

test('a symlink may not stand for a file of somebody else', async () => {
  const { run, path } = await project({});
  await symlink('/etc/passwd', join(path, '.prefishrc'));
  expect(await run('-c', '!echo no')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('outside of'),
  });
});

test('config check FILE reads any data file, and runs no script that it was not told to', async () => {
  const { run, path } = await project({ 'x.json': '{"prefixes":{"a":1}}' });
  await put(join(path, 'y.mjs'), `${witness(join(path, 'ran'))} export default {};`);
  expect(await run('config', 'check', 'x.json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('prefixes.a'),
  });
  expect(await run('config', 'check', 'y.mjs')).toMatchObject({ code: 2 });
  await expect(readFile(join(path, 'ran'))).rejects.toThrow('ENOENT');
  expect(await run('config', 'check', 'y.mjs', '--config', 'y.mjs')).toMatchObject({ code: 0 });
});

test('config check names options that do not fit, ids that nobody has and tokens that two have, and nothing is sound then', async () => {
  const check = async (yaml: string): Promise<Run> => {
    const { run } = await project(
      {},
      { 'prefish.config.yaml': yaml, 'say.ts': plugin('say', '^'), 'more.ts': plugin('more', '^') },
    );
    const checked = await run('config', 'check');
    expect(checked).toMatchObject({ code: 2, stdout: '' });
    expect(checked.stderr).toContain('prefish.config.yaml');
    return checked;
  };
  expect((await check('prefixes: { shel: $ }')).stderr).toMatch(
    /prefixes\.shel: no plugin[^]*Did you mean shell\?/,
  );
  expect((await check('plugins: [["@prefish/plugin-tasks", { a: 1 }]]')).stderr).toMatch(
    /plugin-tasks do not fit: a: is no option[^]*is named in \S+prefish\.config\.yaml/,
  );
  expect((await check('plugins: [./say.ts, ./more.ts]\nprefixes: { more: "!" }')).stderr).toContain(
    '! is claimed by shell (@prefish/plugin-shell) and more (prefish-plugin-more), so neither gets it',
  );
  const { run } = await project({}, { 'prefish.config.yaml': 'prefixes: { memory: false, shell: $ }' });
  expect(await run('config', 'check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is sound'),
  });
});

test('config schema prints the schema, and where it lies', async () => {
  const schema = (await t.prefish(['config', 'schema'])).json<{ properties: object }>();
  expect(Object.keys(schema.properties)).toContain('prefixes');
  const { stdout } = await t.prefish(['config', 'schema', '--path']);
  expect(JSON.parse(await readFile(stdout.trim(), 'utf8'))).toEqual(schema);
});
