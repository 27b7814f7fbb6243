import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { outputOf, show, submit } from '../support/tasks.ts';

/** The source of a plugin whose prefix says in a task what it has sent along itself. */
const packer = `
import { readFile } from 'node:fs/promises';
import { definePlugin } from '@prefish/core';
export default definePlugin({
  name: 'prefish-plugin-packer', api: '^1',
  setup(shell) {
    shell.prefix({ id: 'pack', token: '^', summary: 'Pack',
      teleport: {
        network: 'none',
        prepare: (body, { cwd }) => ({ settings: { body, cwd }, files: { 'note.md': 'a note' }, summary: ['a note'] }),
      },
      async run(body, { out, enclosed }) {
        out.line(JSON.stringify({ body, settings: enclosed?.settings, models: enclosed?.models }));
        out.line(await readFile(enclosed.files['note.md'], 'utf8'));
        return { type: 'ok' };
      } });
  },
});`;

/** The source of a plugin whose prefix prints its body behind a greeting that a module beside it holds. */
const greeter = (token: string, more = ''): string => `
import { definePlugin } from '@prefish/core';
import { greeting } from './greeting.ts';
export default definePlugin({
  name: 'prefish-plugin-greeter', api: '^1',
  setup(shell) {
    shell.prefix({ id: 'greet', token: '${token}', summary: 'Greet', ${more}
      run(body, { out }) { out.line(\`\${greeting}, \${body}\`); return { type: 'ok' }; } });
  },
});`;

async function configure(t: SandboxHome, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(t.prefishHome, 'config', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

describe('a prefix of a plugin of the user', () => {
  test('is teleported with what its module imports, under the token that it has here', async () => {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ a: '1\n' });
    await configure(t, {
      'plugins/greeter.ts': greeter('^', "teleport: { label: (body) => 'greet ' + body, network: 'none' },"),
      'plugins/greeting.ts': "export const greeting = 'hello';",
      'prefish.config.yaml': 'plugins: [./plugins/greeter.ts]\nprefixes: { greet: "@", shell: "$" }\n',
    });
    const id = await submit(t, '@ world', { cwd });
    expect(await t.prefish(['tasks', 'wait', id])).toMatchObject({ code: 0 });
    expect(await outputOf(t, id)).toBe('hello, world\n');
    expect(await show(t, id)).toMatchObject({ title: 'greet world', network: 'none' });

    const renamed = await submit(t, '$ echo out; exit 3', { cwd });
    expect(await t.prefish(['tasks', 'wait', renamed])).toMatchObject({ code: 3 });
  });

  test('finds there what it sent along from here', async () => {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ a: '1\n' });
    await configure(t, { 'packer.ts': packer, 'prefish.config.json': '{ "plugins": ["./packer.ts"] }' });
    const run = await t.prefish(['-c', '& --wait ^ it'], { cwd });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('with a note\n') });
    const said = JSON.stringify({ body: 'it', settings: { body: 'it', cwd }, models: {} });
    expect(run.stdout).toContain(`${said}\na note\n`);
    const retried = (await t.prefish(['tasks', 'retry', '@last', '--json'], { cwd })).json<{ id: string }>();
    expect(await t.prefish(['tasks', 'wait', retried.id])).toMatchObject({ code: 0 });
    expect(await outputOf(t, retried.id)).toBe(`${said}\na note\n`);
  });

  test('is on offer as soon as it is configured, while the server runs; and no more when it is not', async () => {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ a: '1\n' });
    await submit(t, '!true', { cwd });
    // The user's files may lie elsewhere, behind a link.
    await mkdir(join(t.home, 'dotfiles'));
    await writeFile(join(t.home, 'dotfiles', 'greeter.ts'), greeter('^'));
    await writeFile(join(t.home, 'dotfiles', 'greeting.ts'), "export const greeting = 'later';");
    await configure(t, { 'prefish.config.json': JSON.stringify({ plugins: ['./greeter.ts'] }) });
    await symlink(join(t.home, 'dotfiles', 'greeter.ts'), join(t.prefishHome, 'config', 'greeter.ts'));
    const id = await submit(t, '^ world', { cwd });
    expect(await t.prefish(['tasks', 'wait', id])).toMatchObject({ code: 0 });
    expect(await outputOf(t, id)).toBe('later, world\n');

    await configure(t, { 'prefish.config.json': '{}' });
    const given = join(t.home, 'dotfiles', 'greeter.ts');
    const refused = await t.prefish(['--plugin', given, '-c', '& ^ world'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('has no plugin for ^ (greet); nothing was sent');
    expect(refused.stderr).toContain('prefish plugins add DIR');
  });

  test('brings along what it imports, now and later, and no secret that lies beside it', async () => {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ a: '1\n' });
    const plugin = join(t.home, 'plugin');
    const secrets = [
      join(t.prefishHome, 'config', '.env'),
      join(plugin, '.env'),
      join(plugin, 'src', '.env'),
    ];
    await configure(t, {
      '.env': 'SECRET=1',
      'prefish.config.mjs': `export default { plugins: [${JSON.stringify(join(plugin, 'src', 'spy.js'))}] };`,
    });
    await mkdir(join(plugin, 'src'), { recursive: true });
    await mkdir(join(plugin, 'node_modules', 'words'), { recursive: true });
    for (const path of secrets) await writeFile(path, 'SECRET=1');
    await writeFile(join(plugin, 'package.json'), '{ "type": "module" }');
    await writeFile(join(plugin, 'node_modules', 'words', 'index.js'), "export default 'words';");
    await writeFile(
      join(plugin, 'node_modules', 'words', 'package.json'),
      '{ "type": "module", "exports": "./index.js" }',
    );
    await writeFile(join(plugin, 'src', 'later.js'), "export const later = 'later';");
    await writeFile(
      join(plugin, 'src', 'spy.js'),
      `import { existsSync } from 'node:fs';
import { definePlugin } from '@prefish/core';
import words from 'words';
export default definePlugin({ name: 'spy', api: '^1', setup(shell) {
  shell.prefix({ id: 'spy', token: '^', summary: 'Spy', async run(_, { out }) {
    const { later } = await import('./later.js');
    out.line(words + ' ' + later + ' ' + JSON.stringify(${JSON.stringify(secrets)}.filter((path) => existsSync(path))));
    return { type: 'ok' };
  } });
} });`,
    );
    const id = await submit(t, '^ look', { cwd });
    expect(await t.prefish(['tasks', 'wait', id])).toMatchObject({ code: 0 });
    expect(await outputOf(t, id)).toBe('words later []\n');
  });

  test('needs nothing that a task does not have, or is refused before anything is sent', async () => {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ a: '1\n' });
    await configure(t, {
      'greeter.ts': greeter('^', "teleport: { binaries: ['no-such-program'] },"),
      'greeting.ts': "export const greeting = 'hello';",
      'prefish.config.json': JSON.stringify({ plugins: ['./greeter.ts'] }),
    });
    const refused = await t.prefish(['-c', '& ^ world'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('no-such-program, which is not on PATH; nothing was sent');
    expect((await t.prefish(['tasks', 'ls', '--json'])).json()).toEqual({ tasks: [] });
  });
});

test('what the configuration says of every teleported line holds unless the line says otherwise', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ '.gitignore': 'kept\n' });
  await writeFile(join(cwd, 'kept'), 'ignored, and carried\n');
  await configure(t, {
    'prefish.config.json': JSON.stringify({ network: 'none', carry: ['kept', 'absent'] }),
  });
  const id = await submit(t, '!cat kept', { cwd });
  expect(await t.prefish(['tasks', 'wait', id])).toMatchObject({ code: 0 });
  expect(await show(t, id)).toMatchObject({ network: 'none' });
  expect(await outputOf(t, id)).toBe('ignored, and carried\n');
  expect(await show(t, await submit(t, '--network full !true', { cwd }))).toMatchObject({ network: 'full' });
});

test('a plugin that breaks leaves the lines of the others to tasks', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ a: '1\n' });
  await configure(t, {
    'broken.ts': "throw new Error('broken');",
    'prefish.config.json': JSON.stringify({ plugins: ['./broken.ts'] }),
  });
  expect(await t.prefish(['-c', '& --wait !echo fine'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('fine\n'),
    stderr: expect.stringContaining('broken.ts'),
  });
});
