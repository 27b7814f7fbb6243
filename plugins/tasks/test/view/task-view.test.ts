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
      '↑/↓ to scroll · Esc to go back',
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
      'warning: careful',
      '· exit 3',
      '',
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
  await expect.poll(() => person.screen.at(-2)).toBe('↑/↓ to scroll · Esc to go back');
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
  await expect.poll(() => person.screen.slice(3, 5)).toEqual(['abc', '· rm⏎-rf done']);
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
