import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

const notes = fileURLToPath(new URL('../../examples/notes/notes.ts', import.meta.url));

test('Tab at the prompt: commands, what a plugin offers, options, a menu on a narrow screen', async () => {
  await using t = await sandboxHome();
  await t.prefish(['--plugin', notes, '-c', '> the key hangs behind the door #home']);
  await using terminal = openTerminal(t, ['--plugin', notes], { columns: 40 });
  await terminal.shows(/^[>❯]/);
  terminal.type('/tas\t');
  await terminal.shows(/^[>❯] \/tasks$/m);
  terminal.type('x\x15> milk #h\t');
  await terminal.shows(/^[>❯] > milk #home$/m);
  terminal.type('x\x15> --re\t');
  await terminal.shows(/^[>❯] > --remind$/m);
  terminal.type('x\x15& --re\t');
  await terminal.shows(/^[>❯] & --retries$/m);
  terminal.type('\x15/c\t');
  await terminal.shows(/\n {2}\/config +What is configured.*\n {2}\/clean .*\n {2}\/completion .*…$/m);
  terminal.resize(80, 24);
  await terminal.shows(/\n {2}\/completion +Print what makes bash, zsh or fish complete prefish$/m);
  expect(terminal.screen().match(/\/completion/g)).toHaveLength(1);
  // All at once: what is offered for /c is nothing for /co.
  terminal.type('o\t\t');
  await terminal.shows(/^[>❯] \/co\n {2}\/context .*\n {2}\/config .*\n {2}\/completion .*$/m);
  for (const name of ['context', 'config', 'completion']) {
    terminal.type('\t');
    await terminal.shows(new RegExp(`^[>❯] /${name}\n`, 'm'));
  }
  await terminal.shows(/^[>❯] \/completion\n/m);
  terminal.type(keys.escape);
  await terminal.shows(/^[>❯] \/co$/m);
  terminal.type(keys.interrupt + keys.endOfInput);
  expect(await terminal.ended).toBe(0);
});
