import { existsSync } from 'node:fs';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('lines are remembered for the next shell, in a file of the user alone', async () => {
  await using t = await sandboxHome();
  {
    await using shell = openTerminal(t);
    await shell.shows('? lists them all');
    shell.type('!echo first-$((1))\r');
    await shell.shows('first-1');
    shell.type('!\r');
    await shell.shows('lines go to !');
    shell.type(' echo unseen-$((2))\r');
    await shell.shows(/^unseen-2$/m);
    await shell.shows('lines go to !');
    shell.type(keys.escape);
    await shell.hides('lines go to !');
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
  }
  const file = join(t.prefishHome, 'state', 'history.jsonl');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).match(/"line":"[^"]*"/g)).toEqual(['"line":"!echo first-$((1))"']);
  await using shell = openTerminal(t);
  await shell.shows(/^[❯>] $/m);
  shell.type('!ec');
  await shell.shows('!echo first-$((1))');
  shell.type('\x05\r');
  await shell.shows(/^first-1$/m);
  expect(shell.screen()).not.toContain('? lists them all');
});

test('menus: prefixes behind ?, commands behind /, files behind @, paths behind !', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'src/theme.ts': '', '.gitignore': 'ignored.ts\n' });
  await repository.write({ 'src/new-theme.ts': '', 'ignored.ts': '' });
  await using shell = openTerminal(t, [], { cwd: repository.path });
  await shell.shows('? lists them all');
  shell.type('?');
  await shell.shows(/^ {2}& .*& !npm test/m);
  shell.type('\x7f/doc');
  await shell.shows(/^ {2}\/doctor {2}/m);
  shell.type('\x15look at @them');
  await shell.shows(/^ {2}@src\/theme\.ts\s+ {2}@src\/new-theme\.ts$/m);
  shell.type('\x15fix @ign');
  await shell.hides('@src');
  expect(shell.screen()).not.toContain('@ignored');
  shell.type('\x15!cat sr\t');
  await shell.shows(/!cat src\/\s/);
  shell.type('th\t');
  await shell.shows(/!cat src\/theme\.ts/);
  shell.type('\x15& !cat sr\t');
  await shell.shows(/& !cat src\//);
});

test('the line is edited in $EDITOR, and stays as it was when that fails', async () => {
  await using t = await sandboxHome();
  const script = join(t.root, 'editor.sh');
  await writeFile(
    script,
    '#!/bin/sh\ncat "$1"; read -p "change: " line; echo "!echo $line" > "$1"; [ "$line" != bad ]\n',
  );
  await chmod(script, 0o755);
  await using shell = openTerminal(t, [], { env: { EDITOR: script } });
  await shell.shows('? lists them all');
  shell.type('!draft\x18\x05');
  await shell.shows(/^!draft\nchange: $/m);
  shell.type('edited\r');
  await shell.shows(/^[❯>] !echo edited/m);
  shell.type('\x18\x05');
  await shell.shows(/^!echo edited\nchange: $/m);
  shell.type('bad\r');
  await shell.shows('The line is as it was');
  await shell.shows(/^[❯>] !echo edited/m);
  shell.type('\r');
  await shell.shows(/^edited$/m);
});

test('a pasted megabyte is there, and what is typed behind it', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t);
  await shell.shows('? lists them all');
  shell.type(`\x1b[200~${'lorem ipsum 日本\n'.repeat(60_000)}\x1b[201~the end`);
  await shell.shows(/日本the end$/m);
  shell.type(keys.interrupt);
  await shell.shows(/^[❯>] $/m);
});

describe.each(['/bin/bash', '/usr/bin/zsh'].filter((path) => existsSync(path)))(
  'behind !, with %s',
  (path) => {
    test.each([
      ['for i in 1 2', 'do echo "row-$i"', 'done'],
      ['cat <<EOF', 'row-1', 'row-2', 'EOF'],
      ["echo 'row-1", "row-2'"],
      ['{ echo row-1', 'echo row-2; }'],
      ['printf "row-%s\\n" 1 \\', '2'],
    ])('%s goes on in a new row', async (first, ...rows) => {
      await using t = await sandboxHome();
      await using shell = openTerminal(t, [], { env: { SHELL: path } });
      await shell.shows('? lists them all');
      shell.type(`!${first}\r`);
      for (const row of rows) {
        await shell.shows(/^· $/m);
        shell.type(`${row}\r`);
      }
      await shell.shows(/^row-1\nrow-2\n❯ $/m);
    });
  },
);

test('a mistake behind ! runs, and Ctrl+C drops a line that goes on', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t);
  await shell.shows('? lists them all');
  shell.type('!for do done\r');
  await shell.shows(/syntax error near unexpected token/);
  shell.type('& !echo "sent\r');
  await shell.shows(/^· $/m);
  shell.type(keys.interrupt);
  await shell.hides(/^· $/m);
  shell.type('!echo her""e\r');
  await shell.shows(/^here$/m);
});
