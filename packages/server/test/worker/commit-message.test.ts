import type { EventBody } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { commitMessage, LastMessage } from '../../src/worker/commit-message.ts';

const task = { id: 't1', title: 'Fix it' };
const agent = (text: string): EventBody => ({ type: 'message', role: 'agent', text });

describe('the last message', () => {
  const last = (...events: EventBody[]): string => {
    const message = new LastMessage();
    for (const event of events) message.take([event]);
    return message.text;
  };

  test('is the last run of what the agent said', () => {
    const tool: EventBody = { type: 'tool', id: '1', title: 'edit', status: 'completed' };
    expect(last(agent('I will '), agent('look.'), tool, agent('Done'), agent(': two files.'))).toBe(
      'Done: two files.',
    );
  });

  test('goes on over what is said beside it, and stays when others speak after it', () => {
    const usage: EventBody = { type: 'usage', tokens: 5 };
    const user: EventBody = { type: 'message', role: 'user', text: 'thanks' };
    expect(last(agent('one '), usage, agent('two'), user, { type: 'thought', text: 'hm' })).toBe('one two');
  });

  test('is not taken back by an empty one after it', () => {
    const tool: EventBody = { type: 'tool', id: '1', title: 'edit', status: 'completed' };
    expect(last(agent('Done.'), tool, agent(''), agent('\n'))).toBe('Done.');
  });

  test('is nothing when nobody said anything', () => {
    expect(last({ type: 'output', stream: 'stdout', text: 'x' })).toBe('');
  });

  test('takes no memory without end', () => {
    const message = new LastMessage();
    for (let round = 0; round < 1000; round++) message.take([agent('x'.repeat(1000))]);
    expect(message.text.length).toBeLessThan(200_000);
  });
});

describe('the message of a commit', () => {
  test('is the title where nothing was said', () => {
    expect(commitMessage(task, ' \n')).toBe('Fix it\n\nprefish task t1\n');
  });

  test('has a heading as its subject without the marks, which an editor of git would leave out', () => {
    expect(commitMessage(task, '## Mend it\n\n# More')).toBe('Mend it\n\n# More\n\nprefish task t1\n');
  });

  test('has the first line as its subject, and the rest as it was', () => {
    const said = '\nMend the parser\n\n- one `*`\n- two\n\n    code\n';
    expect(commitMessage(task, said)).toBe(
      'Mend the parser\n\n- one `*`\n- two\n\n    code\n\nprefish task t1\n',
    );
    expect(commitMessage(task, 'Mend the parser')).toBe('Mend the parser\n\nprefish task t1\n');
  });

  test('is cut at a word where the first line is too long, and all of it follows', () => {
    const long = 'The parser now takes empty lines, and the tests that said otherwise are gone for good.';
    expect(commitMessage(task, `${long}\nMore.`)).toBe(
      `The parser now takes empty lines, and the tests that said otherwise are…\n\n${long}\nMore.\n\nprefish task t1\n`,
    );
    const [subject] = commitMessage(task, 'x'.repeat(100)).split('\n');
    expect([...subject!]).toHaveLength(72);
  });

  test('drives no terminal', () => {
    expect(commitMessage(task, 'a\u001B[31mb\u0000\u009Bc\u202Ed\r\ne\tf')).toBe(
      'a[31mbcd\n\ne\tf\n\nprefish task t1\n',
    );
    const { id } = task;
    expect(commitMessage({ id, title: 'do \u001B]0;x\u0007 it' }, '')).toBe(
      'do ]0;x it\n\nprefish task t1\n',
    );
  });
});
