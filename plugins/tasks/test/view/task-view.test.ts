import { PrefishError } from '@prefish/core';
import { expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { keys, Person } from '../support/person.ts';
import { open } from '../support/run.ts';

const out = (text: string) => ({ type: 'output', stream: 'stdout', text }) as const;

/** Opens the list and in it the view of the newest task. */
async function view(source: MemorySource, person = new Person(60, 15)) {
  const { shell } = await open([source], person.host);
  onTestFinished(() => shell.close());
  const closed = shell.submit('/tasks', { origin: 'typed' });
  await expect.poll(() => person.screen).toContain('↑/↓ to select · Enter to view · Esc to close');
  person.press(keys.enter);
  await expect.poll(() => person.onAlternateScreen).toBe(true);
  return { person, closed };
}

test('the address of a task is said', async () => {
  const source = new MemorySource();
  source.add({ title: 'Build', url: 'https://example.org/runs/7\u001b[2J' });
  const { person } = await view(source);
  await expect.poll(() => person.screen[2]).toBe('https://example.org/runs/7');
});

test('a reason that is wider than the screen is said whole', async () => {
  const source = new MemorySource();
  const why = 'not-delivered: https://build.example.org does not answer: connect ECONNREFUSED';
  source.add({ title: 'Build', state: 'submitted', reason: why });
  const { person } = await view(source);
  const said = (): string => person.screen.slice(1, 3).join('').replaceAll(' ', '');
  await expect.poll(said).toContain(`submitted(${why.replaceAll(' ', '')})`);
});

test('a server that does not answer is said, no time is counted meanwhile, and it goes on by itself', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'Build', startedAt: new Date().toISOString() });
  source.say(id, { type: 'state', state: 'working' }, out('hello\n'));
  const events = source.events.bind(source);
  source.events = async function* (...query) {
    for await (const event of events(...query)) {
      if (source.failure !== undefined) throw source.failure;
      yield event;
    }
  };
  const { person } = await view(source);
  await expect.poll(() => person.screen[1]).toMatch(/^working 0:0\d · this machine$/);
  source.failure = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'devbox does not answer.');
  source.say(id, out('lost\n'));
  await expect
    .poll(() => person.screen.slice(1, 3), { timeout: 3000 })
    .toEqual(['unknown (was working) · this machine', '! devbox does not answer; trying again']);
  source.failure = undefined;
  await expect.poll(() => person.screen[1], { timeout: 3000 }).toMatch(/^working 0:/);
  expect(person.screen[2]).toBe('');
  await expect.poll(() => person.screen, { timeout: 3000 }).toContain('lost');
});

test('of a task that was lost it is said what to do', async () => {
  const source = new MemorySource();
  source.add({ title: 'Build', state: 'failed', reason: 'worker-lost', endedAt: '2026-01-01T00:00:31.000Z' });
  const { person } = await view(source);
  const said = (): string => person.screen.slice(1, 5).join(' ');
  await expect
    .poll(said)
    .toMatch(/^failed \(its server ended\) 0:30 · this machine Its server, or its worker/);
  expect(said()).toContain('prefish tasks retry 1 runs it again; --retries N does so by itself.');
});

test('what was kept of a task is said, and how one gets it', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'Build', state: 'completed', endedAt: '2026-01-01T00:00:31.000Z' });
  source.kept.set(id, [{ path: 'out.log', size: 20 }]);
  const { person } = await view(source);
  await expect.poll(() => person.screen[2]).toBe('kept: out.log (20 B) · prefish tasks get 1 out.log');
});

test('the transcript follows live, and the state with it', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'Build', endedAt: '2026-01-01T00:00:31.000Z' });
  source.say(id, { type: 'state', state: 'working' }, out('hello\nunfin'));
  const { person } = await view(source);
  await expect
    .poll(() => person.screen)
    .toEqual([
      'Build #1',
      'working 0:30 · this machine',
      '',
      '· working',
      'hello',
      'unfin',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '↑/↓ to scroll · / to find · Esc to go back',
      'x cancel · m message',
    ]);
  source.say(
    id,
    out('ished\n'),
    { type: 'warning', code: 'X', message: 'careful' },
    { type: 'exit', code: 3 },
  );
  source.change(id, { state: 'failed', exit: { code: 3 } });
  await expect
    .poll(() => person.screen.slice(1, 9))
    .toEqual([
      'failed (exit 3) 0:30 · this machine',
      '',
      '· working',
      'hello',
      'unfinished',
      'prefish: warning: careful',
      '  [X]',
      '· exit 3',
    ]);
});

test('scrolling stays where it is while more comes, until the end', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  source.say(id, out(Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join('')));
  const { person } = await view(source);
  await expect.poll(() => person.screen).toContain('line 99');
  person.press(keys.pageUp, keys.pageUp);
  await expect.poll(() => person.screen).toContain('line 80');
  const top = person.screen[3];
  expect(person.screen.join('\n')).toContain('End to follow');
  source.say(id, out('line 100\n'));
  person.press(keys.up);
  await expect.poll(() => person.screen[4]).toBe(top);
  person.press(keys.end);
  await expect.poll(() => person.screen).toContain('line 100');
  source.say(id, out('line 101\n'));
  await expect.poll(() => person.screen).toContain('line 101');
});

test('long lines wrap, also after a resize', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  source.say(id, out(`${'x'.repeat(90)}\n`));
  const { person } = await view(source);
  await expect.poll(() => person.screen.slice(3, 5)).toEqual(['x'.repeat(60), 'x'.repeat(30)]);
  person.resize(50, 20);
  await expect.poll(() => person.screen.slice(3, 5)).toEqual(['x'.repeat(50), 'x'.repeat(40)]);
  await expect.poll(() => person.screen.at(-2)).toBe('↑/↓ to scroll · / to find · Esc to go back');
});

test('what a task prints cannot drive the terminal', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'safe' });
  source.say(id, out('a\x1b'), out('[2Jb\x1b[?1049l\x1b[10;10Hc\n'), {
    type: 'tool',
    id: '1',
    title: '\x1b[2Jrm\n-rf',
    status: 'done',
  });
  const { person } = await view(source);
  await expect.poll(() => person.screen.slice(3, 5)).toEqual(['abc', '· rm⏎-rf (done)']);
  expect(person.onAlternateScreen).toBe(true);
});

test('Esc goes back to the list, Ctrl+C closes everything', async () => {
  const source = new MemorySource();
  source.add({ title: 'mine' });
  const { person, closed } = await view(source);
  person.press(keys.escape);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  expect(person.onAlternateScreen).toBe(false);
  person.press(keys.enter);
  await expect.poll(() => person.onAlternateScreen).toBe(true);
  person.press(keys.interrupt);
  expect((await closed).result).toMatchObject({ type: 'ok' });
  await expect.poll(() => person.screen).toEqual([]);
});

test('an action from the view', async () => {
  const source = new MemorySource();
  source.add({ title: 'mine' });
  const { person } = await view(source);
  person.press('x');
  await expect.poll(() => person.screen).toContain('canceled 1');
  expect(person.screen[0]).toBe('mine #1');
  expect(person.onAlternateScreen).toBe(true);
});

test('what is said to a task is typed below what it has said', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'mine' });
  source.say(id, out(Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('')));
  const { person } = await view(source);
  await expect.poll(() => person.screen).toContain('line 29');
  person.press('m');
  await expect.poll(() => person.screen.at(-2)).toBe('? Message to “mine”:');
  person.press('a message that is longer than what one row of this width holds');
  await expect
    .poll(() => person.screen.slice(-4))
    .toEqual([
      '',
      '? Message to “mine”: a message that is longer than what one',
      'row of this width holds',
      'Enter to send · Esc to drop it',
    ]);
  expect(person.screen).toContain('line 29');
  person.press(keys.escape);
  await expect.poll(() => person.screen.at(-1)).toBe('x cancel · m message');
  expect(person.screen[0]).toBe('mine #1');
  person.press('m', 'no', keys.enter);
  await expect.poll(() => person.screen).toContain('sent');
  expect(source.log).toEqual([`send ${id} ["no"]`]);
});

test('keys typed faster than the screens change reach the screen that they are for', async () => {
  const source = new MemorySource();
  source.add({ title: 'older' });
  source.add({ title: 'newer' });
  const { person } = await view(source);
  person.press(`${keys.escape}${keys.down}${keys.enter}`);
  await expect.poll(() => person.screen[0]).toBe('older #1');
  person.press(`${keys.escape}${keys.up}x`);
  await expect.poll(() => person.screen).toContain('canceled 2');
});

test('an agent at work reads as at the prompt: Markdown in lines of this width, changes, a plan, what it used', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'Mend it' });
  source.say(
    id,
    { type: 'state', state: 'working' },
    {
      type: 'tool',
      id: '1',
      title: 'Edit a.ts',
      status: 'completed',
      detail: { diff: '@@ -1 +1 @@\n-a\n+b' },
    },
    { type: 'plan', entries: [{ text: 'Test it', status: 'in-progress' }] },
    { type: 'message', role: 'agent', text: '- one long entry of a list that is wider than the scr' },
    { type: 'message', role: 'agent', text: 'een of this person\n' },
    { type: 'usage', tokens: 1234 },
    { type: 'exit', code: 0 },
  );
  const { person } = await view(source, new Person(50, 20, true));
  await expect
    .poll(() => person.screen.slice(3, 14))
    .toEqual([
      '· working',
      '✓ Edit a.ts',
      '  @@ -1 +1 @@',
      '  -a',
      '  +b',
      '◐ Test it',
      '• one long entry of a list that is wider than the',
      '  screen of this person',
      '1.2k tokens',
      '· exit 0',
      '',
    ]);
  person.resize(40, 20);
  await expect
    .poll(() => person.screen.slice(9, 11))
    .toEqual(['• one long entry of a list that is wider', '  than the screen of this person']);
});

test('/ finds, n and N go on, Esc leaves it', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  source.say(id, out(Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join('')));
  const { person } = await view(source);
  await expect.poll(() => person.screen).toContain('line 99');
  person.press('/', 'L', 'ine 4');
  await expect.poll(() => person.screen.at(-2)).toBe('/Line 4');
  person.press(keys.enter);
  await expect.poll(() => person.screen[3]).toBe('line 4');
  expect(person.screen.at(-2)).toBe('↑/↓ to scroll · n/N next · Esc to go back · End to follow');
  person.press('n');
  await expect.poll(() => person.screen[3]).toBe('line 40');
  person.press('N', 'N');
  await expect.poll(() => person.screen[3]).toBe('line 49');
  person.press('/', 'nothing of it', keys.enter);
  await expect.poll(() => person.screen.at(-2)).toContain('nothing holds nothing of it');
  person.press('/', keys.escape);
  await expect.poll(() => person.screen.at(-2)).toContain('/ to find');
});

test('of a long transcript the end is held, and any part is read again when someone scrolls there', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const lines = Array.from({ length: 100_000 }, (_, line) => out(`line ${line}\n`));
  source.say(id, ...lines);
  const { person } = await view(source);
  const shown = (): number[] =>
    person.screen.slice(3, 12).flatMap((row) => /^line (\d+)$/.exec(row)?.slice(1).map(Number) ?? []);
  await expect.poll(() => shown().at(-1)).toBe(99_999);
  person.press(keys.home);
  await expect.poll(shown).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  person.press('/', 'line 19990', keys.enter);
  await expect.poll(shown).toContain(19_990);
  const before = shown()[0]!;
  for (let page = 0; page < 5; page++) {
    const from = shown()[0]!;
    person.press(keys.pageDown);
    await expect.poll(() => shown()[0]).toBe(from + 9);
  }
  expect(shown()[0]).toBe(before + 45);
  person.press('G');
  await expect.poll(() => shown().at(-1)).toBe(99_999);
  source.say(id, out('line 100000\n'));
  await expect.poll(() => shown().at(-1)).toBe(100_000);
});
