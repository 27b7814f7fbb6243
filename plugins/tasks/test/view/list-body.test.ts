import type { Task } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { browse, ended, selected } from '../support/browse.ts';
import { MemorySource } from '../support/memory-source.ts';
import { keys, Person } from '../support/person.ts';

test('the words of the list, and nothing left of it when it is closed', async () => {
  const source = new MemorySource();
  source.add({ title: 'Fix the build', state: 'failed', exit: { code: 2 }, ...ended(1) });
  source.add({ title: 'Dark mode', sandbox: 'none', state: 'input-required', ...ended(2) });
  const { person, close } = await browse([source]);
  await expect
    .poll(() => person.screen)
    .toEqual([
      'Background tasks',
      '1 active session',
      '',
      '  Local sessions (2)',
      '• > Dark mode                                input-required 1:58 unsandboxed  #2',
      '    Fix the build                            failed (exit 2) 0:59             #1',
      '',
      '↑/↓ to select · Enter to view · Esc to close · • new',
      'x cancel · m answer · / filter',
    ]);
  expect(await close()).toMatchObject({ type: 'ok' });
  await expect.poll(() => person.screen).toEqual([]);
});

test('what asks stands first, then what runs and what waits; siblings stand together; folders of elsewhere are named', async () => {
  const [local, remote, reminders] = [
    new MemorySource(),
    new MemorySource('far', 'Remote sessions'),
    new MemorySource('notes', 'Reminders'),
  ];
  reminders.add({ title: 'water the plants', number: 0 });
  remote.add({ title: 'far away', state: 'completed', ...ended(1) });
  const group = (index: number): Partial<Task> => ({
    title: `fix login ${'at once '.repeat(10)}`,
    group: { id: 'g', index, of: 3 },
  });
  local.add({ title: 'asks', state: 'input-required', ...ended(1) });
  local.add({ title: 'waits', state: 'submitted', reason: 'waits for a free worker', root: '/srv/shop' });
  local.add({ ...group(1), state: 'completed', ...ended(1) });
  local.add({ ...group(2), ...ended(1) });
  local.add({ ...group(2), repeats: 'tb3', ...ended(1) });
  local.add({ ...group(3), state: 'failed', ...ended(1) });
  local.add({ title: 'old', state: 'completed', ...ended(1) });
  const { person, close } = await browse([reminders, local, remote], new Person(110, 30));
  await expect.poll(() => person.screen).toContain('  Reminders (1)');
  await expect.poll(() => person.screen).toContain('  Local sessions (7)');
  const row = (line: string): string =>
    line
      .replace(/^[ >•]*/, '')
      .replace(/ {2,}.*/, '')
      .replace(/( at once)+.*…/, '');
  expect(person.screen.slice(3, -3).map(row)).toEqual([
    'Remote sessions (1)',
    'far away',
    'Local sessions (7)',
    'asks',
    'fix login (1/3)',
    'fix login (2/3)',
    'fix login (2/3, again)',
    'fix login (3/3)',
    'waits · shop',
    'old',
    'Reminders (1)',
    'water the plants',
  ]);
  expect(person.screen.find((line) => line.includes('waits ·'))).toMatch(
    /submitted .* waits for a free worker +#2$/,
  );
  // Both number their tasks from 1 on.
  expect(selected(person)).toMatch(/far away .* #1 tb1$/);
  expect(person.screen.find((line) => line.includes('old'))).toMatch(/ #7$/);
  await close();
});

test('what runs is on top, however many tasks are newer, and how it ended is seen', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'the old one' });
  for (let number = 1; number <= 300; number++)
    source.add({ title: 'newer', state: 'completed', ...ended(1) });
  source.counted = true;
  const { person, close } = await browse([source]);
  await expect.poll(() => selected(person)).toMatch(/the old one +working/);
  expect(person.screen).toContain('    ↓ 285 more');
  expect(person.screen[2]).toBe('');
  person.press(keys.end);
  await expect.poll(() => person.screen[2]).toMatch(/^    ↑ \d+ more · Local sessions \(301\)$/);
  await expect.poll(() => (person.press(keys.end), person.screen.at(-3))).toBe('');
  expect(person.screen[2]).toBe('    ↑ 284 more · Local sessions (301)');
  source.change(id, { state: 'failed', exit: { code: 7 } });
  await expect
    .poll(() => (person.press(keys.end), selected(person)))
    .toMatch(/the old one +failed \(exit 7\)/);
  await close();
});

test('on a wide screen what belongs together stands together', async () => {
  const source = new MemorySource();
  source.add({ title: 'short', state: 'completed', ...ended(1) });
  const { person } = await browse([source], new Person(200, 30));
  expect(selected(person)).toHaveLength(100);
  source.add({ title: `long ${'x'.repeat(100)}`, state: 'completed', ...ended(1) });
  await expect.poll(() => selected(person).length).toBeGreaterThan(100);
  expect(selected(person).length).toBeLessThan(130);
});

test('keys that do not fit stand in another row', async () => {
  class Able extends MemorySource {
    override readonly actions: MemorySource['actions'] = ['one', 'two', 'three', 'four'].map((name) => ({
      name: `${name} of them`,
      summary: '',
      key: name[0] === 't' ? name[1]! : name[0]!,
      run: () => ({ type: 'ok' }),
    }));
  }
  const source = new Able();
  source.add();
  const { person } = await browse([source], new Person(40, 15));
  expect(person.screen.slice(-5)).toEqual([
    '↑/↓ to select · Enter to view',
    'Esc to close',
    'o one of them · w two of them',
    'h three of them · f four of them',
    '/ filter',
  ]);
});

test('it is live, and the selection stays with its task', async () => {
  const source = new MemorySource();
  source.add({ title: 'first' });
  const { person } = await browse([source]);
  expect(person.screen[1]).toBe('1 active session');
  source.add({ title: 'newcomer' });
  await expect.poll(() => person.screen[1]).toBe('2 active sessions');
  expect(selected(person)).toContain('first');
  source.change('tb1', { state: 'completed' });
  await expect.poll(() => selected(person)).toMatch(/first +completed/);
  expect(person.screen[1]).toBe('1 active session');
});

test('of a login that was ended it is said how to log in again', async () => {
  const source = new MemorySource('far', 'Remote sessions');
  source.failure = new PrefishError('PREFISH_LOGIN_REQUIRED', 'Your login was ended', {
    hint: 'prefish login https://devbox takes a code',
  });
  const { person } = await browse([source]);
  const said = person.screen.map((row) => row.trim()).join(' ');
  expect(said).toContain('Your login was ended · prefish login https://devbox');
});

test('of a source that fails nothing is known, and why is told whole', async () => {
  const [good, bad] = [new MemorySource(), new MemorySource('bad', 'Remote sessions')];
  good.add({ title: 'fine' });
  bad.failure = new Error(`no route\x1b[2J\nto host, ${'which was asked for, '.repeat(4)}and is gone`);
  const { person } = await browse([bad, good]);
  expect(person.screen).toContain('  Remote sessions (?)');
  expect(person.screen[1]).toBe('1 active session · Remote sessions not known');
  const said = person.screen.map((row) => row.trim()).join(' ');
  expect(said).toContain('! Remote sessions could not be asked: no route⏎to host, which');
  expect(said).toContain('and is gone');
  expect(selected(person)).toContain('fine');
});

test('a source that hangs keeps the others neither from being shown nor from changing', async () => {
  class Hanging extends MemorySource {
    override list(): Promise<never> {
      return new Promise(() => {});
    }
  }
  const good = new MemorySource();
  good.add({ title: 'fine' });
  const { person, close } = await browse([new Hanging('bad', 'Remote sessions'), good]);
  await expect.poll(() => selected(person)).toMatch(/fine +working/);
  good.change('tb1', { state: 'completed' });
  await expect.poll(() => selected(person)).toMatch(/fine +completed/);
  await close();
});

test('without tasks it says so', async () => {
  const { person, close } = await browse([new MemorySource()]);
  expect(person.screen).toEqual(['No background tasks', 'Esc to close']);
  await close();
  await expect.poll(() => person.screen).toEqual([]);
});

test('a long list scrolls in 60×15 and through resizes, the selection always in view', async () => {
  const source = new MemorySource();
  for (let number = 1; number <= 300; number++)
    source.add({ title: `a title that is rather long, ${number}` });
  const person = new Person(60, 15);
  await browse([source], person);
  expect(person.screen.length).toBeLessThanOrEqual(14);
  expect(person.screen).toContain('↑/↓ to select · Enter to view · Esc to close');
  const seen = new Set<string>();
  for (let step = 0; step < 12; step++) {
    person.press(keys.down);
    await expect.poll(() => selected(person)).toContain(`#${299 - step}`);
    for (const line of person.screen) expect(line.length).toBeLessThanOrEqual(60);
    seen.add(selected(person));
  }
  expect(seen.size).toBe(12);
  person.resize(40, 10);
  await expect.poll(() => selected(person)).toContain('#288');
  expect(person.screen.length).toBeLessThanOrEqual(9);
  person.resize(100, 30);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  person.press(keys.end);
  await expect.poll(() => selected(person)).toMatch(/#\d/);
  await expect
    .poll(() => {
      person.press(keys.end);
      return selected(person);
    })
    .toContain('#1');
});

test('of a very long list the first page is asked for, the rest where it is looked at or looked through', async () => {
  const source = new MemorySource();
  for (let number = 1; number <= 3000; number++)
    source.add({ title: `task no ${number}`, state: 'canceled' });
  source.counted = true;
  source.change(source.tasks.at(-1)!.id, { state: 'working' });
  const { person } = await browse([source], new Person(60, 15));
  await expect.poll(() => person.screen).toContain('  Local sessions (3000)');
  expect(person.screen[1]).toBe('1 active session');
  person.press(keys.end);
  await expect.poll(() => selected(person)).toContain('no 2901');
  person.press(keys.pageDown);
  await expect.poll(() => selected(person)).toContain('no 2893');
  person.press('/', 'n', 'o', ' ', '1');
  await expect.poll(() => person.screen).toContain('  Local sessions (1111)');
  person.press('2', '3', '4', keys.enter);
  await expect.poll(() => selected(person)).toContain('no 1234');
  person.press(keys.escape);
  await expect.poll(() => person.screen.at(-1)).toContain('/ filter');
  expect(selected(person)).toContain('no 1234');
  person.press(keys.home);
  await expect.poll(() => person.screen).toContain('  Local sessions (3000)');
});

test('a source that tells no counts is known to have more', async () => {
  const source = new MemorySource();
  for (let number = 1; number <= 1500; number++) source.add();
  const { person } = await browse([source]);
  await expect.poll(() => person.screen).toContain('  Local sessions (100+)');
});

test('titles cannot drive the terminal', async () => {
  const source = new MemorySource();
  source.add({ title: '\x1b[2J\x1b[H\x1b]0;owned\x07evil\r\nsecond\x1b[8mline' });
  const { person } = await browse([source]);
  expect(person.screen[0]).toBe('Background tasks');
  expect(selected(person)).toContain('> evil⏎secondline');
});

test.each([
  [80, 24, 12],
  [60, 15, 3],
])('at %i×%i what has ended makes room for what runs in a later section', async (columns, rows, left) => {
  const [local, shells] = [new MemorySource(), new MemorySource('shells', 'Shells')];
  for (let number = 1; number <= 15; number++)
    local.add({ title: `local ${number}`, state: 'completed', ...ended(1) });
  local.add({ title: 'local that runs' });
  shells.add({ title: 'npm run dev', number: 0 });
  const { person, close } = await browse([local, shells], new Person(columns, rows));
  const titles = (): string[] =>
    person.screen.flatMap((line) => /^. [ >] (local [\w ]*?|npm run dev) {2}/.exec(line)?.[1] ?? []);
  await expect.poll(() => person.screen).toContain(`    ${15 - left} ended · e shows them`);
  expect(titles()).toHaveLength(left + 2);
  expect([titles()[0], titles().at(-1)]).toEqual(['local that runs', 'npm run dev']);
  expect(person.screen).toContain('  Local sessions (16)');
  person.press('e');
  await expect.poll(() => person.screen.join('\n')).toMatch(/↓ \d+ more/);
  expect(person.screen.join('\n')).toContain('e less');
  person.press('e');
  await expect.poll(() => titles().at(-1)).toBe('npm run dev');
  person.press(keys.end);
  await expect.poll(() => selected(person)).toContain('npm run dev');
  await close();
});

test.each([30, 36, 40])('at %i columns a title has the last word', async (columns) => {
  const source = new MemorySource();
  source.add({
    title: 'fix the login',
    group: { id: 'g', index: 1, of: 2 },
    state: 'completed',
    ...ended(1),
  });
  const { person } = await browse([source], new Person(columns, 15));
  expect(selected(person)).toMatch(/fix/);
  expect(selected(person)).toMatch(/\(1\/2\) +compl.* +#1$/);
});
