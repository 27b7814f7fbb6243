import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { submit } from '../support/tasks.ts';

test('a message to a line that reads none is refused, and not offered', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const id = await submit(t, '!sleep 600', { cwd });
  const sent = await t.prefish(['tasks', 'send', id, 'hello'], { cwd });
  expect(sent).toMatchObject({ code: 2, stdout: '' });
  expect(sent.stderr).toContain('!sleep 600 reads no messages');
  const shown = await t.prefish(['tasks', 'show', id], { cwd });
  expect(shown.stdout).toMatch(/actions .*cancel/);
  expect(shown.stdout).not.toMatch(/actions .*send/);
  expect(await t.prefish(['tasks', 'cancel', id], { cwd })).toMatchObject({
    stdout: expect.stringMatching(/^task 1 canceled · 0:\d\d · !sleep 600\n$/),
  });
});
