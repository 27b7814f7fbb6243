import { PrefishError } from '@prefish/core';
import { expect, test } from 'vitest';
import { browse, ended, selected } from '../support/browse.ts';
import { MemorySource } from '../support/memory-source.ts';
import { keys, Person } from '../support/person.ts';
import { open } from '../support/run.ts';

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

test('a task that an action starts is selected, and said until a key is pressed', async () => {
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
  await expect.poll(() => selected(person)).toContain('working');
  expect(person.screen).toContain('started · r does it again');
  person.press('r');
  await expect.poll(() => selected(person)).toContain('mine again again');
  await expect.poll(() => person.screen).toContain('started · r does it again');
  person.press(keys.up);
  await expect.poll(() => person.screen).not.toContain('started · r does it again');
  await close();
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
