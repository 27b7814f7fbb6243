import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const plugin = ['--plugin', join(import.meta.dirname, 'plugins', 'misbehaves.ts')];
const name = 'prefish-plugin-misbehaves';

interface Misdeed {
  readonly word: string;
  /** The code of what is said about it, and a part of that. */
  readonly code?: string;
  readonly said?: string;
  /** The exit code of its line. */
  readonly exit?: number;
}

const misdeeds: readonly Misdeed[] = [
  { word: 'throws', code: 'PREFISH_PLUGIN_FAILED', said: 'boom', exit: 1 },
  { word: 'late', code: 'PREFISH_PLUGIN_LATE', said: 'boom later' },
  { word: 'rejects', code: 'PREFISH_PLUGIN_LATE', said: 'boom unawaited' },
  { word: 'twice', code: 'PREFISH_PLUGIN_LATE', said: 'boom afterwards', exit: 1 },
  { word: 'often', code: 'PREFISH_PLUGIN_LATE', said: 'boom again' },
  { word: 'prints', code: 'PREFISH_PLUGIN_OUTPUT', said: 'printed' },
  { word: 'closes', code: 'PREFISH_PLUGIN_OUTPUT', said: 'printed' },
  { word: 'exits', code: 'PREFISH_PLUGIN_EXIT', said: 'process.exit()', exit: 1 },
  { word: 'really-exits', code: 'PREFISH_PLUGIN_EXIT', said: 'process.reallyExit()', exit: 1 },
  { word: 'aborts', code: 'PREFISH_PLUGIN_EXIT', said: 'process.abort()', exit: 1 },
  { word: 'kills', code: 'PREFISH_PLUGIN_EXIT', said: 'process.kill(', exit: 1 },
  { word: 'exits-later', code: 'PREFISH_PLUGIN_EXIT', said: 'process.exit()' },
  { word: 'sets-exit-code' },
  { word: 'moves' },
];

/** Runs the first lines of a script, and when `said` is heard of them, the last one. */
async function script(
  home: SandboxHome,
  {
    args = [],
    first,
    said,
    last,
  }: { args?: string[]; first: string; said?: string | undefined; last: string },
): Promise<Run> {
  const child = home.spawn([...plugin, ...args]);
  const run = ended(child);
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  child.stdin.write(`${first}\n`);
  if (said !== undefined) await until(() => shown.includes(said), `"${said}"`);
  child.stdin.end(`${last}\n`);
  return run;
}

/** Runs the misdeed, and when it has been heard of, a line that shows whether the shell is as it was. */
function lines(home: SandboxHome, { word, said }: Misdeed, args: string[] = []): Promise<Run> {
  return script(home, { args, first: `^${word}`, said, last: '!pwd' });
}

test.each(misdeeds)('$word, in lines', async (misdeed) => {
  await using home = await sandboxHome();
  const run = await lines(home, misdeed);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(new RegExp(`${home.home}\n$`));
  if (misdeed.code === undefined) return expect(run.stderr).toBe('');
  expect(run.stderr).toContain(`[${misdeed.code} · ${name}]`);
  expect(run.stderr).toContain(misdeed.said);
});

test.each(misdeeds)('$word, with --json', async (misdeed) => {
  await using home = await sandboxHome();
  const events = (await lines(home, misdeed, ['--json'])).events();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'exit')).toMatchObject([
    { code: misdeed.exit ?? 0 },
    { code: 0 },
  ]);
  const said = events.filter((event) => 'plugin' in event && event.plugin === name);
  if (misdeed.code === undefined) expect(said).toEqual([]);
  else expect(said).toContainEqual(expect.objectContaining({ code: misdeed.code, hint: expect.any(String) }));
});

test('what is printed is output of the line, without escape sequences, and is warned of once', async () => {
  await using home = await sandboxHome();
  const run = await home.prefish([...plugin, '--json', '-c', '^prints', '-c', '^prints']);
  const line = [
    { type: 'output', stream: 'stdout', text: 'printed\n' },
    { type: 'output', stream: 'stderr', text: 'printed too\n' },
    { type: 'output', stream: 'stderr', text: 'and once more\n' },
    { type: 'exit', code: 0 },
  ];
  expect(run.events()).toMatchObject([{ type: 'warning', plugin: name }, ...line, ...line]);
});

test('each handler that prints is named', async () => {
  await using home = await sandboxHome();
  const run = await home.prefish([...plugin, '-c', '^prints', '-c', '^closes', '-c', '^prints']);
  expect(run.stderr.match(/printed past prefish \(prefix \w+\)/g)).toEqual([
    'printed past prefish (prefix prints)',
    'printed past prefish (prefix closes)',
  ]);
});

test('PREFISH_DEBUG=1 shows where it was thrown', async () => {
  await using home = await sandboxHome();
  const broken = join(import.meta.dirname, 'plugins', 'broken-parts.ts');
  const env = { PREFISH_DEBUG: '1' };
  const line = await home.prefish([...plugin, '-c', '^throws'], { env });
  expect(line.stderr).toMatch(/\[cause\]: Error: boom\n\s+at .*misbehaves\.ts/);
  for (const part of ['import', 'early', 'dispatch']) {
    const run = await home.prefish(['--plugin', broken, '-c', '!true'], { env: { ...env, BROKEN: part } });
    expect(run.stderr).toMatch(/\[cause\]: [^]*Error: boom .*\n\s+at .*broken-parts\.ts/);
  }
});

test('what is thrown again and again is said at most once a second, and counted', async () => {
  await using home = await sandboxHome();
  const run = await script(home, { args: ['--json'], first: '^often', said: 'times: boom', last: '!true' });
  const [first, second] = run.events().filter(({ type }) => type === 'error');
  expect(second).toMatchObject({ message: expect.stringMatching(/, \d\d+ times: boom again$/) });
  expect(Date.parse(second!.at) - Date.parse(first!.at)).toBeGreaterThan(900);
});

test('in a script, and with a command, all else goes on', async () => {
  await using home = await sandboxHome();
  const run = await script(home, { first: '^late\n^exits', said: 'boom later', last: '!echo on' });
  expect(run).toMatchObject({ code: 0, stdout: 'on\n' });
  const command = await home.prefish([...plugin, 'plugins', 'ls', '--json']);
  expect(command.json()).toContainEqual(
    expect.objectContaining({ name, prefixes: expect.arrayContaining(['late']) }),
  );
});

test('in the interactive shell the prompt goes on after each', async () => {
  await using home = await sandboxHome();
  await using terminal = openTerminal(home, plugin, { columns: 120, rows: 50 });
  await terminal.shows('❯');
  for (const [index, { word, code, said }] of misdeeds.entries()) {
    if (word === 'often') continue;
    terminal.type('\u000C');
    terminal.type(`^${word}\r`);
    if (code !== undefined) {
      await terminal.shows(`[${code} · ${name}]`);
      await terminal.shows(said!);
    }
    terminal.type(`!echo "ok"${index}\r`);
    await terminal.shows(new RegExp(`^ok${index}$`, 'm'));
    await until(() => terminal.screen().endsWith('❯'), 'the prompt');
  }
});

test('an error of nobody is one of prefish itself, and still ends it', async () => {
  await using home = await sandboxHome();
  const throws = 'data:text/javascript,setTimeout(()=>{throw(Error("of-prefish"))},300)';
  const run = await home.prefish([...plugin, '-c', '!sleep 30'], {
    env: { NODE_OPTIONS: `--import=${throws}` },
  });
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('[PREFISH_INTERNAL]') });
});
