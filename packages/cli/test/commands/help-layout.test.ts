import { expect, test } from 'vitest';
import { beside } from '../../src/commands/help-layout.ts';

const rows = [
  { name: '!', summary: 'Run a command in your shell', example: '!git status' },
  { name: '/tasks', summary: 'Everything' },
];

test('names, and beside them what they mean', () => {
  expect(beside(rows)).toEqual([
    '  !       Run a command in your shell (!git status)',
    '  /tasks  Everything',
  ]);
});

test('what does not fit is folded between words, an example on a line of its own', () => {
  expect(beside(rows, 32)).toEqual([
    '  !       Run a command in your',
    '          shell',
    '          !git status',
    '  /tasks  Everything',
  ]);
});

test('with no room beside the names it stands below them', () => {
  expect(beside(rows, 24)).toEqual([
    '  !',
    '    Run a command in',
    '    your shell',
    '    !git status',
    '  /tasks',
    '    Everything',
  ]);
});

test('a name that needs no words stands alone', () => {
  const alone = [{ name: '!git status', summary: '' }];
  for (const columns of [40, 24]) expect(beside(alone, columns)).toEqual(['  !git status']);
});
