import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';

const path = join(import.meta.dirname, 'plugins', 'broken-parts.ts');
const name = 'prefish-plugin-broken';

function broken(home: SandboxHome, part: string, args: readonly string[]): Promise<Run> {
  return home.prefish(['--plugin', path, ...args], { env: { BROKEN: part } });
}

/** A configuration with the plugin, and an agent that notes what it hears. */
async function configured(home: SandboxHome, plugins: readonly unknown[] = [path]): Promise<void> {
  const agent = { exec: ['sh', '-c', 'echo "$1" >> "$HOME/heard"; echo heard', 'agent', '{prompt}'] };
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ plugins, agent }),
  );
}

/** What breaks, what is said of it, and how its own line and one of somebody else end. */
const parts = [
  {
    part: 'import',
    code: 'PREFISH_PLUGIN_LOAD',
    plugin: path,
    said: 'boom at the import',
    mine: 2,
    others: 0,
  },
  { part: 'import-prints', code: 'PREFISH_PLUGIN_OUTPUT', plugin: path, said: 'printed', mine: 0, others: 0 },
  { part: 'early', code: 'PREFISH_PLUGIN_SETUP', plugin: name, said: 'boom at once', mine: 2, others: 0 },
  { part: 'setup', code: 'PREFISH_PLUGIN_SETUP', plugin: name, said: 'boom in setup', mine: 2, others: 0 },
  { part: 'dispatch', code: 'PREFISH_HOOK_FAILED', plugin: name, said: 'boom in a hook', mine: 1, others: 1 },
  { part: 'promise', code: 'PREFISH_HOOK_PROMISE', plugin: name, said: 'tapPromise', mine: 1, others: 1 },
  { part: 'settled', code: 'PREFISH_HOOK_FAILED', plugin: name, said: 'boom in a hook', mine: 0, others: 0 },
];

test.each(parts)('$part', async ({ part, code, plugin, said, mine, others }) => {
  await using home = await sandboxHome();
  await configured(home);
  const env = { BROKEN: part };
  const run = await home.prefish(['--json', '-c', '^mine', '-c', '!echo on'], { env });
  const events = run.events();
  const complaint = events.find((event) => 'code' in event && event.code === code);
  expect(complaint).toMatchObject({ plugin });
  expect(JSON.stringify(events)).toContain(said);
  expect(events.filter(({ type }) => type === 'exit')).toMatchObject([{ code: mine }, { code: others }]);
  expect((await home.prefish(['-c', '!true'], { env })).stderr).toContain(`[${code} · ${plugin}]`);
  expect(existsSync(join(home.home, 'heard'))).toBe(false);
});

test.each(['import', 'early', 'setup'])('%s: without what --plugin names, no line runs', async (part) => {
  await using home = await sandboxHome();
  for (const args of [
    ['-c', '!touch ran'],
    ['tasks', 'ls'],
    ['-c', '!touch ran', '--json'],
  ]) {
    const run = await broken(home, part, args);
    expect(run.code).toBe(2);
    expect(`${run.stdout}${run.stderr}`.match(/boom/g)).toHaveLength(1);
  }
  const script = await home.prefish(['--plugin', path], { env: { BROKEN: part }, input: '!touch ran\n' });
  expect(script.code).toBe(2);
  expect((await broken(home, part, ['tasks', 'ls', '--json'])).json()).toMatchObject({ type: 'error' });
  expect(existsSync(join(home.home, 'ran'))).toBe(false);
  expect((await broken(home, part, ['plugins'])).code).toBe(0);
});

test.each(['import', 'early'])(
  '%s: at the prompt the rest works, and plain text is refused',
  async (part) => {
    await using home = await sandboxHome();
    await configured(home, []);
    await using terminal = openTerminal(home, ['--plugin', path], { columns: 120, env: { BROKEN: part } });
    await terminal.shows(/boom/);
    terminal.type('!echo "o"n\r');
    await terminal.shows(/^on$/m);
    terminal.type('^mine\r');
    await terminal.shows(/the line may be meant for it/);
    expect(existsSync(join(home.home, 'heard'))).toBe(false);
  },
);

test('the lines that a manifest declares are refused while its plugin is not loaded; all else runs', async () => {
  await using home = await sandboxHome();
  const folder = join(home.prefishHome, 'config', 'node_modules', 'prefish-plugin-gone');
  await mkdir(folder, { recursive: true });
  const prefixes = [
    { id: 'gone', token: '^' },
    { id: 'other', token: '%' },
    { id: 'odd', token: '/x' },
  ];
  const write = (index: string): Promise<void> => writeFile(join(folder, 'index.js'), index);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'prefish-plugin-gone',
      main: 'index.js',
      type: 'module',
      prefishPlugin: { prefixes },
    }),
  );
  const refused = async (because: RegExp): Promise<void> => {
    for (const line of ['^mine', '% it'])
      expect(await home.prefish(['-c', line])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(because),
      });
    expect((await home.prefish(['-c', 'hello'])).stdout).toContain('heard');
  };
  await configured(home, ['prefish-plugin-gone']);
  await write('throw new Error("gone");');
  await refused(/prefish-plugin-gone is not loaded[^]*PREFISH_PREFIX_UNAVAILABLE/);
  await write("export default { kind: 'prefish.plugin', name: 'gone', api: '^9', setup() {} };");
  await refused(/is not loaded[^]*PREFISH_PREFIX_UNAVAILABLE/);
  await configured(home, [['prefish-plugin-gone', false]]);
  await refused(/prefish-plugin-gone is switched off in .*prefish\.config\.json/);
  expect(await readFile(join(home.home, 'heard'), 'utf8')).toBe('hello\n'.repeat(3));
});

test("a taken token is nobody's, both are named, and the rest runs", async () => {
  await using home = await sandboxHome();
  const run = await broken(home, 'taken', ['-c', '!echo', '-c', '^mine', '-c', '!!echo on']);
  expect(run).toMatchObject({ code: 0, stdout: 'on\n' });
  for (const part of ['PREFISH_TOKEN_CONFLICT', '@prefish/plugin-shell', name, 'prefixes'])
    expect(run.stderr).toContain(part);
});

test.each(['source', 'source-hangs'])('%s: the other sources are listed', async (part) => {
  await using home = await sandboxHome();
  const notes = join(import.meta.dirname, '..', '..', 'examples', 'notes', 'notes.ts');
  const env = { BROKEN: part, HOME: home.home };
  const both = ['--plugin', path, '--plugin', notes];
  await home.prefish([...both, '-c', '> --remind 1d call Ann'], { env });
  const listed = await home.prefish([...both, 'tasks', 'ls', '--json'], { env });
  expect(listed.code).toBe(0);
  expect(listed.json()).toMatchObject({ tasks: [{ title: 'call Ann' }] });
  expect(listed.stderr).toMatch(
    /warning: Broken: (?!Broken).*\n(?:.*\n)*.*PREFISH_TASK_SOURCE_FAILED · prefish-plugin-broken/,
  );
});

test('a handler that ignores its signal is left behind and named', async () => {
  await using home = await sandboxHome();
  const misbehaves = join(import.meta.dirname, 'plugins', 'misbehaves.ts');
  const child = home.spawn(['--plugin', misbehaves, '--json', '-c', '^hangs']);
  const ended = once(child, 'close');
  let [shown, sent] = ['', false];
  for await (const chunk of child.stdout) {
    shown += String(chunk);
    if (!sent && shown.includes('hanging')) sent = child.kill('SIGINT');
  }
  expect(shown).toMatch(/PREFISH_PLUGIN_DETACHED.*prefish-plugin-misbehaves/);
  expect(await ended).toEqual([130, null]);
});
