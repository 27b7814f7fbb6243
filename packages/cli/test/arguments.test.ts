import { expect, test } from 'vitest';
import { parseArguments, type Invocation } from '../src/arguments.ts';

const command = (argv: readonly string[]): Extract<Invocation, { kind: 'command' }> => {
  const invocation = parseArguments(argv);
  if (invocation.kind !== 'command') throw new Error(`taken as ${invocation.kind}`);
  return invocation;
};

test('every -c is a line, in order, byte for byte', () => {
  const invocation = parseArguments(['-c', '!echo  a ', '--json', '-c', '& --wait !npm test']);
  expect(invocation).toMatchObject({
    kind: 'lines',
    lines: ['!echo  a ', '& --wait !npm test'],
    flags: { json: true },
  });
});

test('-c with nothing around it says what --command says', () => {
  for (const line of ['!true', ' two\nlines', '']) {
    expect(parseArguments(['-c', line])).toEqual(parseArguments(['--command', line]));
  }
  expect(() => parseArguments(['-c', '--jsno'])).toThrow(/-c/);
});

test('without a line or a command, lines come from standard input', () => {
  expect(parseArguments([])).toMatchObject({ kind: 'input', flags: { color: 'auto', yes: false } });
  expect(parseArguments(['--memory', '--cwd', 'x'])).toMatchObject({
    kind: 'input',
    flags: { memory: true, cwd: 'x' },
  });
});

test('--continue and --resume name the conversation to go on with, and not both', () => {
  expect(parseArguments(['--continue'])).toMatchObject({ kind: 'input', flags: { resume: 'last' } });
  expect(parseArguments(['--resume', 'abc', '-c', 'go on'])).toMatchObject({ flags: { resume: 'abc' } });
  expect(() => parseArguments(['--continue', '--resume', 'abc'])).toThrow(/contradict/);
});

test('the first word is the command; common flags may stand before and behind it', () => {
  expect(command(['--cwd', 'x', 'tasks', 'logs', 'abc', '--after', '3', '--json', '-f'])).toMatchObject({
    name: 'tasks',
    words: ['logs', 'abc', '--after', '3', '-f'],
    flags: { cwd: 'x', json: true },
  });
  expect(command(['tasks', '--cwd=x', 'ls'])).toMatchObject({ words: ['ls'], flags: { cwd: 'x' } });
});

test('behind -- everything belongs to the command', () => {
  expect(command(['tasks', 'send', 'abc', '--', '--json'])).toMatchObject({
    words: ['send', 'abc', '--', '--json'],
    flags: { json: false },
  });
});

test('help can be asked for in three ways', () => {
  for (const argv of [
    ['tasks', 'logs', '--help'],
    ['help', 'tasks', 'logs'],
    ['tasks', 'logs', '-h'],
  ]) {
    expect(parseArguments(argv)).toMatchObject({ kind: 'help', words: ['tasks', 'logs'] });
  }
  expect(parseArguments(['--help'])).toMatchObject({ kind: 'help', words: [] });
  expect(parseArguments(['--version'])).toEqual({ kind: 'version' });
});

test.each([
  [['--jsno'], /--jsno/],
  [['--cwd'], /--cwd/],
  [['--color', 'red'], /auto, always or never/],
  [['-c', '!true', 'extra'], /"extra"/],
  [['--input-json'], /needs a line/],
])('%j is refused', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(
    expect.objectContaining({ code: 'PREFISH_USAGE', message: expect.stringMatching(message) }),
  );
});
