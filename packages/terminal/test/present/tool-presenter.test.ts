import type { Event } from '@prefish/core';
import { createStyle } from '@prefish/screen';
import { expect, test } from 'vitest';
import { ToolPresenter } from '../../src/present/tool-presenter.ts';

function tool(status: string, detail?: unknown, id = '1'): Event & { readonly type: 'tool' } {
  return {
    seq: 1,
    at: '2026-01-01T00:00:00.000Z',
    type: 'tool',
    id,
    title: 'Edit a.ts\x1b[2J',
    status,
    detail,
  };
}

const diff = '--- a/a.sql\n+++ b/a.sql\n@@ -1,2 +1,1 @@\n--- a comment\n+select 1;\n';

test('a call is one line for each change of its status', () => {
  const tools = new ToolPresenter(createStyle(false));
  const statuses = ['pending', 'in_progress', 'in_progress', 'completed', 'completed'];
  expect(statuses.map((status) => tools.present(tool(status)))).toEqual([
    undefined,
    '· Edit a.ts',
    undefined,
    '✓ Edit a.ts',
    undefined,
  ]);
});

test('where calls that run are drawn, one is a line once it has ended, or asks, or never will', () => {
  const tools = new ToolPresenter(createStyle(false), () => true);
  const statuses = ['pending', 'in_progress', 'in_progress', 'completed'];
  expect(statuses.map((status) => tools.present(tool(status)))).toEqual([
    undefined,
    undefined,
    undefined,
    '✓ Edit a.ts',
  ]);
  expect(tools.present(tool('pending', { diff }, '2'))).toContain('· Edit a.ts\n');
  expect(tools.present(tool('in_progress', { diff }, '2'))).toBeUndefined();
  expect(tools.present(tool('failed', { diff }, '2'))).toBe('✗ Edit a.ts');
  expect(tools.rest()).toBeUndefined();
  expect(tools.present(tool('in_progress', undefined, '3'))).toBeUndefined();
  expect([tools.rest(), tools.rest()]).toEqual(['· Edit a.ts', undefined]);
});

test('what it changes is shown once, as soon as it is known', () => {
  const tools = new ToolPresenter(createStyle(false));
  const changes = '· Edit a.ts\n  @@ -1,2 +1,1 @@\n  --- a comment\n  +select 1;';
  expect(tools.present(tool('pending', { diff }))).toBe(changes);
  expect(tools.present(tool('in_progress', { diff }))).toBeUndefined();
  expect(tools.present(tool('completed', { diff }))).toBe('✓ Edit a.ts');
});

test('a long diff is cut; of a failure the end of its output is shown', () => {
  const tools = new ToolPresenter(createStyle(false));
  const long = Array.from({ length: 100 }, (_, index) => `+${index}`).join('\n');
  expect(
    tools
      .present(tool('completed', { diff: long }))
      ?.split('\n')
      .slice(-2),
  ).toEqual(['  +39', '  … 60 lines more']);
  const output = Array.from({ length: 30 }, (_, index) => `line ${index}\x1b]0;x\x07`).join('\n');
  const rows = tools.present(tool('failed', { output }, '2'))?.split('\n');
  expect(rows?.slice(0, 2)).toEqual(['✗ Edit a.ts', '  … 20 lines before']);
  expect(rows?.at(-1)).toBe('  line 29');
});

test('a call as it is, whole: open with all that it changed and printed', () => {
  const tools = new ToolPresenter(createStyle(false));
  const long = Array.from({ length: 100 }, (_, index) => `+${index}`).join('\n');
  const call = tool('completed', { diff: long, output: 'one\ntwo\u001b[2J\n' });
  const closed = tools.whole(call, false).split('\n');
  expect([closed.length, closed[0], closed.at(-1)]).toEqual([42, '✓ Edit a.ts', '  … 60 lines more']);
  const opened = tools.whole(call, true).split('\n');
  expect([opened.length, ...opened.slice(-3)]).toEqual([103, '  +99', '  one', '  two']);
  expect(tools.whole(tool('pending'), true)).toBe('');
  expect(tools.whole(tool('failed', { output: 'oh no\n' }), false)).toBe('✗ Edit a.ts\n  oh no');
});
