import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';

const path = join(import.meta.dirname, 'plugins', 'broken-parts.ts');
const name = 'prefish-plugin-broken';

function broken(home: SandboxHome, part: string, args: readonly string[]): Promise<Run> {
  return home.prefish(['--plugin', path, ...args], { env: { BROKEN: part } });
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
  { part: 'setup', code: 'PREFISH_PLUGIN_SETUP', plugin: name, said: 'boom in setup', mine: 2, others: 0 },
  { part: 'dispatch', code: 'PREFISH_HOOK_FAILED', plugin: name, said: 'boom in a hook', mine: 1, others: 1 },
  { part: 'promise', code: 'PREFISH_HOOK_PROMISE', plugin: name, said: 'tapPromise', mine: 1, others: 1 },
  { part: 'settled', code: 'PREFISH_HOOK_FAILED', plugin: name, said: 'boom in a hook', mine: 0, others: 0 },
];

test.each(parts)('$part', async ({ part, code, plugin, said, mine, others }) => {
  await using home = await sandboxHome();
  const run = await broken(home, part, ['--json', '-c', '^mine', '-c', '!echo on']);
  const events = run.events();
  const complaint = events.find((event) => 'code' in event && event.code === code);
  expect(complaint).toMatchObject({ plugin });
  expect(JSON.stringify(events)).toContain(said);
  expect(events.filter(({ type }) => type === 'exit')).toMatchObject([{ code: mine }, { code: others }]);
  expect((await broken(home, part, ['-c', '!true'])).stderr).toContain(`[${code} · ${plugin}]`);
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
