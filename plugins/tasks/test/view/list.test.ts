import { PrefishError, type Task } from '@prefish/core';
import { expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { keys, Person } from '../support/person.ts';
import { open } from '../support/run.ts';

/** Opens the list and waits until it shows something. */
async function browse(sources: readonly MemorySource[], person = new Person()) {
  const { shell } = await open(sources, person.host);
  onTestFinished(() => shell.close());
  const closed = shell.submit('/tasks', { origin: 'typed' });
  await expect.poll(() => person.screen.join('\n')).toMatch(/sessions?|No background/);
  const close = async (): Promise<unknown> => {
    person.press(keys.escape);
    return (await closed).result;
  };
  return { person, shell, closed, close };
}

const selected = (person: Person): string => person.screen.find((line) => /^. > /.test(line)) ?? '';

function ended(minutes: number): { endedAt: string } {
  return { endedAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + minutes * 60_000).toISOString() };
}

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

test('the selection moves, and the keys are those of its task', async () => {
  const source = new MemorySource();
  source.add({ title: 'one', state: 'completed', ...ended(1) });
  for (const title of ['two', 'three']) source.add({ title, ...ended(1) });
  const { person } = await browse([source]);
  expect(selected(person)).toContain('three');
  person.press(keys.down);
  await expect.poll(() => selected(person)).toContain('two');
  person.press('j');
  await expect.poll(() => selected(person)).toContain('one');
  expect(person.screen.at(-1)).toBe('d diff · D rm · / filter');
  person.press(keys.down, keys.up, 'k', keys.up, keys.up);
  await expect.poll(() => selected(person)).toContain('three');
  person.press(keys.end);
  await expect.poll(() => selected(person)).toContain('one');
  person.press(keys.home);
  await expect.poll(() => selected(person)).toContain('three');
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

test('an action runs while the terminal is not lent, and the list says what came of it', async () => {
  const source = new MemorySource();
  source.add({ title: 'mine' });
  const { person } = await browse([source]);
  person.press('x');
  await expect.poll(() => person.screen).toContain('canceled 1');
  expect(selected(person)).toContain('canceled');
  person.press('x');
  expect(source.tasks[0]!.state).toBe('canceled');
});

test('the list can be filtered, and says what a task does now', async () => {
  const source = new MemorySource();
  for (let number = 1; number <= 30; number++)
    source.add({ title: `task ${number}`, state: 'completed', ...ended(1) });
  const { id } = source.add({ title: 'Enable dark mode', ...ended(1) });
  source.say(id, { type: 'output', stream: 'stdout', text: 'one\ntw' });
  const { person, close } = await browse([source]);
  await expect.poll(() => selected(person)).toMatch(/Enable dark mode +working 0:29 +tw +#31$/);
  source.say(id, { type: 'output', stream: 'stdout', text: 'o\r50 %\r\n' });
  await expect.poll(() => selected(person)).toMatch(/ 50 % /);
  source.say(id, { type: 'tool', id: '1', title: 'editing src/theme.ts', status: 'running' });
  await expect.poll(() => selected(person)).toMatch(/ editing src\/theme.ts /);
  person.press('/', 'T', 'a', 's', 'k', ' ', '3');
  await expect.poll(() => person.screen).toContain('  Local sessions (2)');
  expect(person.screen[1]).toContain('filter: Task 3');
  person.press('q');
  await expect.poll(() => person.screen).toContain('  Nothing fits');
  person.press('\x7f', keys.enter);
  await expect.poll(() => selected(person)).toContain('task 30');
  person.press(keys.escape);
  await expect.poll(() => person.screen).toContain('  Local sessions (31)');
  await close();
});

test('the filter finds why a task failed, as the list shows it', async () => {
  const source = new MemorySource();
  source.add({ title: 'lost one', state: 'failed', reason: 'worker-lost', ...ended(1) });
  source.add({ title: 'another', ...ended(1) });
  const { person, close } = await browse([source]);
  await expect.poll(() => person.screen).toContain('  Local sessions (2)');
  person.press('/', 'r', '-', 'l');
  await expect.poll(() => person.screen, { timeout: 5000 }).toContain('  Local sessions (1)');
  expect(selected(person)).toContain('lost one');
  person.press(keys.escape);
  await close();
});

test('m says something in the view of the task, or answers what it asks, and goes back to the list', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'mine' });
  source.say(id, { type: 'output', stream: 'stdout', text: 'where was I\n' });
  const { person, close } = await browse([source]);
  await expect.poll(() => person.screen.at(-1)).toBe('x cancel · m message · / filter');
  person.press('m');
  await expect.poll(() => person.screen).toContain('? Message to “mine”:');
  await expect.poll(() => person.screen).toContain('where was I');
  person.press('h', 'urry\x7f', 'y up');
  await expect.poll(() => person.screen).toContain('? Message to “mine”: hurry up');
  person.press(keys.enter);
  await expect.poll(() => source.log).toEqual([`send ${id} ["hurry up"]`]);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  const choices = ['yes', 'no'];
  source.say(id, { type: 'question', id: 'q1', text: 'Old one?', choices });
  source.say(id, { type: 'answer', id: 'q1', choice: 'yes', by: 'user' });
  source.say(id, { type: 'question', id: 'q2', text: 'Delete it?', choices });
  source.change(id, { state: 'input-required' });
  await expect.poll(() => person.screen.at(-1)).toBe('x cancel · m answer · / filter');
  person.press('m');
  await expect.poll(() => person.screen.slice(-3)).toEqual(['? Delete it?', '> 1 yes', '  2 no']);
  expect(person.screen[0]).toBe('mine #1');
  person.press(keys.escape);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  person.press('m');
  await expect.poll(() => person.screen.slice(-2)).toEqual(['> 1 yes', '  2 no']);
  person.press(keys.down, keys.enter);
  await expect.poll(() => person.screen).toContain('answered no');
  expect(person.printed).toBe('');
  await close();
});

test('an answer goes to the question that was shown, not to one of the same id that the next attempt asks', async () => {
  const source = new MemorySource();
  const { id } = source.add({ title: 'mine', state: 'input-required' });
  const choices = ['yes', 'no'];
  source.say(id, { type: 'question', id: 'q1', text: 'Delete it?', choices });
  const { person, close } = await browse([source]);
  await expect.poll(() => person.screen.at(-1)).toBe('x cancel · m answer · / filter');
  person.press('m');
  await expect.poll(() => person.screen.slice(-3)).toEqual(['? Delete it?', '> 1 yes', '  2 no']);
  source.say(id, { type: 'state', state: 'submitted', reason: 'worker-lost' });
  source.say(id, { type: 'question', id: 'q1', text: 'Publish it?', choices });
  person.press(keys.enter);
  await expect.poll(() => person.screen).toContain('It does not ask that any more: nothing was answered');
  expect(source.log).toEqual([]);
  person.press(keys.escape);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  await close();
});

test('a task that takes no messages says so, and what is typed all the same is no key', async () => {
  class Deaf extends MemorySource {
    override readonly actions: MemorySource['actions'] = [
      {
        name: 'cancel',
        summary: 'End it',
        key: 'x',
        run: () => (this.log.push('cancel'), { type: 'ok' }),
      },
      { name: 'retry', summary: 'Again', key: 'r', applies: () => false, run: () => ({ type: 'ok' }) },
      { name: 'send', summary: 'Say', applies: () => false, run: () => ({ type: 'ok' }) },
    ];
  }
  const source = new Deaf();
  source.add({ title: '!npm test' });
  const { person, close } = await browse([source]);
  person.press('r');
  await expect.poll(() => person.screen).toContain('retry does not apply to #1: working');
  person.press('m');
  await expect.poll(() => person.screen).toContain('“!npm test” takes no messages');
  person.press('r', 'e', 'l', 'a', 'x');
  person.press(keys.down);
  await expect.poll(() => person.screen.join('\n')).not.toContain('messages');
  person.press('relax');
  await expect.poll(() => person.screen).toContain('several letters at once are no key · / filters');
  expect(source.log).toEqual([]);
  person.press('/npm');
  await expect.poll(() => person.screen[1]).toContain('filter: npm');
  person.press(keys.escape, 'x');
  await expect.poll(() => source.log).toEqual(['cancel']);
  await close();
});

test('what cannot be taken back is asked about in the list, and leaves nothing behind', async () => {
  const source = new MemorySource();
  source.add({ title: 'mine', state: 'completed', ...ended(1) });
  source.add({ title: 'yours', state: 'completed', ...ended(1) });
  const { person, close } = await browse([source]);
  person.press('D');
  await expect.poll(() => person.screen.at(-1)).toBe('? Forget yours? (y/N)');
  expect(person.screen).toContain('  Local sessions (2)');
  person.press('n');
  await expect.poll(() => person.screen.at(-1)).toContain('D rm');
  person.press('D', 'y');
  await expect.poll(() => person.screen).toContain('2 removed');
  expect(selected(person)).toContain('mine');
  expect(source.tasks).toHaveLength(1);
  person.press(keys.enter);
  await expect.poll(() => person.screen[0]).toBe('mine #1');
  person.press('D');
  await expect.poll(() => person.screen.at(-1)).toBe('? Forget mine? (y/N)');
  person.press('y');
  await expect.poll(() => person.screen).toContain('1 removed');
  expect(person.onAlternateScreen).toBe(false);
  expect(person.printed).toBe('');
  await close();
});

test('a task that an action starts is selected, and said until it goes on or a key is pressed', async () => {
  class Repeating extends MemorySource {
    override readonly actions: MemorySource['actions'] = [
      {
        name: 'retry',
        summary: 'Again',
        key: 'r',
        run: (task) => {
          const again = this.add({ title: `${task.title} again`, state: 'submitted' });
          return {
            type: 'ok',
            data: again,
            message: `started · prefish tasks retry ${task.number} does it again`,
          };
        },
      },
    ];
  }
  const source = new Repeating();
  source.add({ title: 'mine', state: 'completed', ...ended(1) });
  source.add({ title: 'yours', state: 'completed', ...ended(1) });
  const { person, close } = await browse([source]);
  person.press(keys.down, 'r');
  await expect.poll(() => selected(person)).toContain('mine again');
  await expect.poll(() => person.screen).toContain('started · r does it again');
  source.change(source.tasks[0]!.id, { state: 'working' });
  await expect.poll(() => person.screen).not.toContain('started · r does it again');
  person.press('r');
  await expect.poll(() => selected(person)).toContain('mine again again');
  await expect.poll(() => person.screen).toContain('started · r does it again');
  person.press(keys.up);
  await expect.poll(() => person.screen).not.toContain('started · r does it again');
  await close();
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

test('what an action complains of is there to its end, however narrow the screen', async () => {
  class Refusing extends MemorySource {
    override readonly actions: MemorySource['actions'] = [
      {
        name: 'apply',
        summary: 'Bring its work home',
        key: 'a',
        run: () => {
          throw new PrefishError('PREFISH_APPLY_CONFLICT', 'a.txt was changed both here and in the task', {
            hint: 'prefish tasks apply 1 --markers writes conflict markers',
          });
        },
      },
    ];
  }
  const source = new Refusing();
  source.add({ title: 'mine', state: 'completed', ...ended(1) });
  const { person, close } = await browse([source], new Person(40, 15));
  person.press('a');
  await expect
    .poll(() => person.screen.join(''))
    .toContain('apply: a.txt was changed both here and in the task');
  expect(person.screen.join('')).toContain('prefish tasks apply 1 --markers writes conflict markers');
  expect(person.screen.at(-1)).toBe('a apply · / filter');
  await close();
});

test('an address that is wider than the screen is printed in one piece, above the list', async () => {
  const url = `http://127.0.0.1:4000/tasks/t1#code=${'c'.repeat(60)}`;
  class Opening extends MemorySource {
    override readonly actions: MemorySource['actions'] = [
      {
        name: 'open',
        summary: 'Show it',
        key: 'o',
        run: () => ({ type: 'ok', message: `Open in a browser:\n${url}\n(once)` }),
      },
    ];
  }
  const source = new Opening();
  for (let tasks = 0; tasks < 20; tasks += 1) source.add();
  const { person, close } = await browse([source], new Person(60, 15));
  person.press('o');
  await expect.poll(() => person.screen).toContain('(once)');
  expect(person.screen).toContain('Open in a browser:');
  expect(person.screen.join('')).not.toContain('ccc');
  expect(person.printed).toBe(`${url}\n`);
  // Its two rows stay in sight.
  expect(person.screen.length).toBeLessThanOrEqual(13);
  await close();
});

test('a long message of an action is shown page by page', async () => {
  const source = new MemorySource();
  source.add({ title: 'mine', state: 'completed', ...ended(1) });
  const { person, close } = await browse([source]);
  person.press('d');
  await expect.poll(() => person.screen[0]).toBe('diff 1 · mine');
  expect(person.onAlternateScreen).toBe(true);
  expect(person.screen[2]).toBe('+line 0');
  person.press(keys.end);
  await expect.poll(() => person.screen.at(-3)).toBe('+line 49');
  person.press(keys.escape);
  await expect.poll(() => person.screen[0]).toBe('Background tasks');
  await close();
});

test('Ctrl+C closes it, and an interrupt ends it', async () => {
  const first = await browse([new MemorySource()]);
  first.person.press(keys.interrupt);
  expect((await first.closed).result).toMatchObject({ type: 'ok' });

  const person = new Person();
  const { shell } = await open([new MemorySource()], person.host);
  const interrupt = new AbortController();
  const closed = shell.submit('/tasks', { origin: 'typed', signal: interrupt.signal });
  await expect.poll(() => person.attended).toBe(true);
  interrupt.abort();
  expect((await closed).exit).toEqual({ code: 130 });
  await expect.poll(() => person.screen).toEqual([]);
});
