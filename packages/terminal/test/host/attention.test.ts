import { expect, test } from 'vitest';
import { Attention } from '../../src/host/attention.ts';

function attention(form: string | undefined): { attention: Attention; written: string[] } {
  const written: string[] = [];
  return { attention: new Attention((data) => void written.push(data), form), written };
}

test.each([
  ['osc9', '\x1b]9;done: !make\x1b\\'],
  ['osc777', '\x1b]777;notify;prefish;done: !make\x1b\\'],
  ['bell', '\x07'],
])('%s after ten seconds, where the window has no focus', (form, said) => {
  const { attention: calls, written } = attention(form);
  calls.focus(false);
  calls.began('!make', 0);
  calls.ended(10_001);
  expect(written).toEqual([said]);
});

test('nothing for a short line, for who looks, and where it was not asked for', () => {
  const { attention: calls, written } = attention('osc9');
  calls.focus(false);
  calls.began('!make', 0);
  calls.ended(9_999);
  calls.focus(true);
  calls.began('!make', 0);
  calls.ended(60_000);
  calls.news('task 1 completed');
  expect(written).toEqual([]);
  const off = attention(undefined);
  off.attention.attach();
  off.attention.focus(false);
  off.attention.news('task 1 completed');
  off.attention.detach();
  expect(off.written).toEqual([]);
});

test('news drives no terminal, and is short', () => {
  const { attention: calls, written } = attention('osc777');
  calls.focus(false);
  calls.news(`a;b\x1b\\\x1b]52;c;eA==\x07\n${'x'.repeat(500)}`);
  expect(written.join('')).toMatch(/^\x1b\]777;notify;prefish;a,b⏎x+…\x1b\\$/);
  expect(written.join('').length).toBeLessThan(100);
});
