import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal, type TerminalSession } from '../support/terminal.ts';

/** Opens the shell, pastes `text`, and presses Enter. */
async function paste(home: SandboxHome, text: string, args: string[] = []): Promise<TerminalSession> {
  const terminal = openTerminal(home, args);
  await terminal.shows('❯');
  terminal.type('!echo re""ady\r');
  await terminal.shows(/^ready$/m);
  terminal.type(`\u001B[200~${text}\u001B[201~`);
  await terminal.shows(text.split('\n').at(-1)!.trim());
  terminal.type(keys.enter);
  return terminal;
}

test('a pasted line runs when somebody says so, and only then', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, '!touch pasted');
  await terminal.shows('? Run the pasted line: !touch pasted? (y/N)');
  terminal.type(keys.enter);
  await terminal.shows(/^not run · ↑ has it back$/m);
  terminal.type('!echo still the""re\r');
  await terminal.shows(/^still there$/m);
  expect(existsSync(join(home.home, 'pasted'))).toBe(false);

  terminal.type('\u001B[200~!echo pas""ted\u001B[201~\r');
  await terminal.shows('Run the pasted line: !echo pas""ted?');
  terminal.type('y');
  await terminal.shows(/^pasted$/m);
});

test('of a line that is longer than the question, its length is said', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, 'just text');
  terminal.type(`\u001B[200~!echo ${'a'.repeat(300)} ; rm x\u001B[201~\r`);
  await terminal.shows(/^\? Run the pasted line: !echo a+… \(313 characters\)\? \(y\/N\)$/m);
});

test('several pasted lines are asked about once, and Esc is a no', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, '!touch one\ntouch two\n');
  await terminal.shows('? Run these 2 pasted lines: !touch one⏎touch two? (y/N)');
  terminal.type(keys.escape);
  await terminal.shows(/^not run · ↑ has it back$/m);
  terminal.type('!ls | wc -l\r');
  await terminal.shows(/^0$/m);
});

test('plain text passes, what is pasted behind a typed prefix does, and everything with --yes', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, 'just text');
  terminal.type('!echo \u001B[200~tail\u001B[201~\r');
  await terminal.shows(/^tail$/m);
  expect(terminal.screen()).not.toContain('Run the pasted');
  await using willing = await paste(home, '!echo willing""ly', ['--yes']);
  await willing.shows(/^willingly$/m);
  expect(willing.screen()).not.toContain('Run the pasted');
});

test('a pasted message of several lines is one, and is asked about as such', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, '& tidy up the parser\nand its tests\nplease');
  await terminal.shows('? Send the pasted message to the agent (3 lines): tidy up the parser? (y/N)');
  terminal.type(keys.escape);
  await terminal.shows(/^not run · ↑ has it back$/m);
});

test('several pasted lines with tokens are asked about once, and run one after the other', async () => {
  await using home = await sandboxHome();
  await using terminal = await paste(home, '!cd /tmp\n!echo "from\n$PWD"\n!echo third""ly');
  await terminal.shows(
    /^\? 3 lines were pasted:\n {2}!cd \/tmp\n {2}!echo "from⏎\$PWD"\n {2}!echo third""ly\nRun them one after the other\? \(y\/N\)$/m,
  );
  terminal.type(keys.enter);
  await terminal.shows(/^not run · ↑ has it back$/m);
  terminal.type('!echo still the""re\r');
  await terminal.shows(/^still there$/m);
  expect(terminal.screen()).not.toMatch(/^(?:from|thirdly)$/m);

  // What was refused is in the history; typed by hand, it is nobody's paste.
  terminal.type(keys.up + keys.up);
  await terminal.shows(/^❯ !cd \/tmp\n· !echo "from\n· \$PWD"\n· !echo third""ly$/m);
  terminal.type(keys.enter);
  await terminal.shows(/^\/tmp ❯ !echo third""ly\nthirdly$/m);
  expect(terminal.screen()).toMatch(/^❯ !cd \/tmp\n\/tmp ❯ !echo "from\n {7}\$PWD"\nfrom\n\/tmp$/m);
});
