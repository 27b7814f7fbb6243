import { describe, expect, test } from 'vitest';
import { parseCommand, usage } from '../src/command-args.ts';
import type { Command } from '../src/index.ts';

const run = (): { type: 'ok' } => ({ type: 'ok' });
const logs: Command = {
  name: 'logs',
  summary: '',
  aliases: ['l', 'log'],
  positionals: [{ name: 'ID' }, { name: 'WORD', optional: true, variadic: true }],
  args: {
    follow: { type: 'boolean', short: 'f' },
    after: { type: 'string', placeholder: 'SEQ' },
    state: { type: 'string', multiple: true, default: ['working'] },
  },
  run,
};
const show: Command = {
  name: 'show',
  summary: '',
  positionals: [{ name: 'ID' }, { name: 'FORMAT', optional: true }],
  run,
};
const stop: Command = { name: 'stop', summary: '', positionals: [{ name: 'ID', variadic: true }], run };
const tasks: Command = { name: 'tasks', summary: '', subcommands: [show, logs, stop], run };
const parse = (...words: readonly string[]): unknown => parseCommand(tasks, words);

describe('a command line', () => {
  test.each([
    [[], tasks, 'tasks', {}, []],
    [['show', '3'], show, 'tasks show', {}, ['3']],
    [['show', '3', 'json'], show, 'tasks show', {}, ['3', 'json']],
    [['stop', '3', '4', '5'], stop, 'tasks stop', {}, ['3', '4', '5']],
    [['logs', '3'], logs, 'tasks logs', { state: ['working'] }, ['3']],
    [['log', '3', 'show', 'logs'], logs, 'tasks logs', { state: ['working'] }, ['3', 'show', 'logs']],
    [
      ['l', '-f', '3', '--state', 'done', '--after=-1', '--state', 'failed', '--', '-x'],
      logs,
      'tasks logs',
      { follow: true, after: '-1', state: ['done', 'failed'] },
      ['3', '-x'],
    ],
  ])('%j', (words, command, path, values, positionals) => {
    const parsed = parseCommand(tasks, words);
    expect(parsed.command).toBe(command);
    expect(parsed.path).toBe(path);
    expect({ ...parsed.args.values }).toEqual(values);
    expect(parsed.args.positionals).toEqual(positionals);
  });

  const usageOfLogs = 'Usage: tasks logs ID [WORD…] [--follow] [--after SEQ] [--state STATE]';
  test.each([
    [['show'], 'tasks show needs ID', 'Usage: tasks show ID [FORMAT]'],
    [['logs', '--follow'], 'tasks logs needs ID', usageOfLogs],
    [
      ['show', '1', 'json', '--', '-x'],
      'tasks show does not know what to do with "-x"',
      'Usage: tasks show ID [FORMAT]',
    ],
    [['lsit'], 'tasks does not know what to do with "lsit"', 'It has show, logs, stop.'],
    [['logs', '3', '--folow'], 'tasks logs: There is no option --folow', usageOfLogs],
    [
      ['logs', '3', '--follow=yes'],
      "tasks logs: Option '-f, --follow' does not take an argument",
      usageOfLogs,
    ],
    [['logs', '3', '--after', '-1'], "tasks logs: Option '--after' argument is ambiguous", usageOfLogs],
  ])('%j is a mistake that names the command and what it takes', (words, message, hint) => {
    expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'PREFISH_USAGE', message, hint }));
  });

  test('a command that takes nothing says so, and keeps what the parser threw', () => {
    const plain: Command = { name: 'plain', summary: '', run };
    const mistake = { code: 'PREFISH_USAGE', hint: 'Usage: plain' };
    expect(() => parseCommand(plain, ['x'])).toThrow(expect.objectContaining(mistake));
    expect(() => parseCommand(plain, ['-x'])).toThrow(
      expect.objectContaining({
        ...mistake,
        cause: expect.objectContaining({ code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' }),
      }),
    );
  });
});

test('the usage of a command alone begins with its name', () => {
  expect(usage(show)).toBe('Usage: show ID [FORMAT]');
});
