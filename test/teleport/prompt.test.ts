import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('the prompt says how the tasks ended that were typed there, and does not wait for those that run', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await using shell = openTerminal(t, [], { cwd: repository.path, columns: 120 });
  await shell.shows(/❯|>/);
  shell.type('& !echo b > a.txt\r');
  await shell.shows(/task 1 submitted \(t/);
  await shell.shows(/task 1 completed · 0:\d\d · \+1 −1 in 1 file · !echo b/);
  shell.type('& !exit 7\r');
  await shell.shows(/task 2 failed \(exit 7\) · 0:\d\d/);
  shell.type('& !sleep 600\r');
  await shell.shows(/task 3 submitted/);
  const left = performance.now();
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
  expect(performance.now() - left).toBeLessThan(30_000);
});

test('news waits until the list of tasks is closed: it is not drawn over', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await using shell = openTerminal(t, [], { cwd: repository.path, columns: 80, rows: 12 });
  await shell.shows(/❯|>/);
  for (const number of [1, 2, 3]) {
    shell.type('& !true\r');
    await shell.shows(`task ${number} completed`);
  }
  shell.type('& !sleep 600\r');
  await shell.shows(/task 4 submitted/);
  shell.type('/tasks\r');
  await shell.shows('1 active session');
  expect(await t.prefish(['tasks', 'cancel', '4'])).toMatchObject({ code: 0 });
  await shell.shows('0 active sessions');
  const list = shell.screen();
  expect(list.match(/active session/g)).toHaveLength(1);
  expect(list.match(/> !sleep 600/g)).toHaveLength(1);
  expect(list).not.toContain('task 4 canceled');
  shell.type(keys.escape);
  await shell.shows('task 4 canceled');
  await shell.hides('active session');
});
