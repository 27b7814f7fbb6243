import { expect, test } from 'vitest';
import { asTyped } from '../../src/present/as-typed.ts';

const commands = ['tasks', 'keys', 'plugins', 'completion'];

test.each([
  ['1 changed · prefish tasks undo 8 takes it back', '1 changed · /tasks undo 8 takes it back'],
  ['prefish plugins says why.', '/plugins says why.'],
  ['“prefish keys” and prefish keys', '“/keys” and /keys'],
])('%s', (text, typed) => {
  expect(asTyped(text, commands)).toBe(typed);
});

test.each([
  'Pipe it in: prefish keys set anthropic < FILE',
  'source <(prefish completion bash)',
  'prefish --resume ID goes on',
  'the prefish server',
  'prefish-tasks',
])('%s stays', (text) => {
  expect(asTyped(text, commands)).toBe(text);
});
