import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('the prompt says how the tasks ended that were typed there, and does not wait for those that run', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await using shell = openTerminal(t, [], { cwd: repository.path, columns: 120 });
  await shell.shows(/❯|>/);
  shell.type('& !echo b > a.txt\r');
  await shell.shows(/task 1 delivered \(t/);
  await shell.shows(/task 1 completed · 0:\d\d · \+1 −1 in 1 file/);
  shell.type('& !exit 7\r');
  await shell.shows(/task 2 failed \(exit 7\) · 0:\d\d/);
  shell.type('& !sleep 600\r');
  await shell.shows(/task 3 delivered/);
  const left = performance.now();
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
  expect(performance.now() - left).toBeLessThan(3000);
});
