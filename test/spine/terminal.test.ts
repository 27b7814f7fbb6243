import { describe, expect, test } from 'vitest';
import { has } from '../support/capabilities.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { sleeping } from '../support/sleeping.ts';
import { finished, submit } from '../support/tasks.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

describe('at a terminal', () => {
  test('a line, its output above, the prompt back; cd and exports last; Ctrl+D leaves', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!cd /usr && export COLOUR=blue\r');
    shell.type('!echo $PWD-$COLOUR\r');
    await shell.shows('/usr-blue');
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
  });

  test('lines typed while a program runs run after it, in their order', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!echo started-$((1)); sleep 0.2\r');
    await shell.shows('started-1');
    shell.type('!cd /usr\r');
    shell.type('!echo in-$PWD\r');
    await shell.shows('in-/usr');
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
  });

  test('? lists prefixes and commands, no line longer than the screen', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, [], { rows: 60 });
    await shell.shows(/❯|>/);
    shell.type('?\r');
    await shell.shows(/Ctrl\+D, exit +leaves$/m);
    expect(shell.screen()).toMatch(
      /^ {2}& +teleport +Run the line in the background.*(\n +tree)?\n +& !npm test$/m,
    );
    expect(shell.screen()).toMatch(/^ {2}\/tasks +Everything that runs in the background$/m);
    shell.type(keys.endOfInput);
    await shell.ended;
  });

  test('a program gets a terminal; Ctrl+C stops it and not the shell', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!test -t 1 && stty size && sleep 3131\r');
    await shell.shows('24 80');
    await until(async () => (await sleeping(3131)).length === 1, 'the command to run');
    shell.type(keys.interrupt);
    shell.type('!echo status $?\r');
    await shell.shows('status');
    shell.type(keys.endOfInput);
    await shell.ended;
  });

  test('vim and less work, and give the screen back', async ({ skip }) => {
    skip(!has('vi') || !has('less'), 'vi or less is not installed');
    await using t = await sandboxHome();
    const repository = await t.repository({
      'a.txt': Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n'),
    });
    await using shell = openTerminal(t, [], { cwd: repository.path });
    await shell.shows(/❯|>/);
    shell.type('!less a.txt\r');
    await shell.shows('line 20');
    shell.type('G');
    await shell.shows('line 99');
    shell.type('q');
    await shell.shows(/❯|> ?$/m);
    shell.type('!vi a.txt\r');
    await shell.shows('line 5');
    shell.type('ggcwwritten\u001b:wq\r');
    await shell.shows(/❯|> ?$/m);
    shell.type('!head -1 a.txt\r');
    await shell.shows('written 0');
  });

  test('/tasks shows the list, Enter the transcript, Esc closes', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    const first = await submit(t, '!echo first output; echo x >> a.txt', { cwd: repository.path });
    await finished(t, first);
    await submit(t, '!echo second output; sleep 600', { cwd: repository.path });
    await using shell = openTerminal(t, [], { cwd: repository.path });
    await shell.shows(/❯|>/);
    shell.type('/tasks\r');
    await shell.shows('Background tasks');
    await shell.shows('1 active session');
    await shell.shows('Local sessions (2)');
    await shell.shows('↑/↓ to select · Enter to view · Esc to close');
    shell.type(keys.enter);
    await shell.shows('second output');
    shell.type(keys.escape);
    await shell.shows('Background tasks');
    shell.type(keys.down);
    shell.type(keys.enter);
    await shell.shows('first output');
    shell.type(keys.escape);
    await shell.shows('Background tasks');
    shell.type(keys.up);
    shell.type('x');
    await shell.shows('canceled');
    shell.type(keys.escape);
    await shell.hides('Background tasks');
    shell.type('!echo back\r');
    await shell.shows(/^back$/m);
  });

  test('/tasks fits into 40 columns and follows a resize', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    await finished(
      t,
      await submit(t, '!true a line that is much longer than the forty columns of this terminal', {
        cwd: repository.path,
      }),
    );
    await using shell = openTerminal(t, ['-c', '/tasks'], { cwd: repository.path, columns: 40, rows: 15 });
    await shell.shows('Local sessions (1)');
    for (const line of shell.screen().split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    shell.resize(100, 20);
    await shell.shows('much longer than the forty columns');
    shell.type(keys.escape);
    expect(await shell.ended).toBe(0);
  });

  test('& frees the prompt, and the task is in the list', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    await using shell = openTerminal(t, [], { cwd: repository.path, columns: 120 });
    await shell.shows(/❯|>/);
    shell.type('& !echo from afar\r');
    await shell.shows('→ this machine · main@');
    await shell.shows(/submitted \(t/);
    shell.type('/tasks\r');
    await shell.shows('Background tasks');
    await shell.shows('completed');
    shell.type(keys.enter);
    await shell.shows('from afar');
  });
});
