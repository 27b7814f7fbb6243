import { describe, expect, test } from 'vitest';
import { nodeOf } from '../support/nodes.ts';
import { command, sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

const paste = '\x1b[200~!echo pasted\x1b[201~\r';

describe.each(['22', '24'] as const)('on Node %s', (version) => {
  test('Ctrl+C, Ctrl+D and Esc answer no question, and leave the prompt as it was', async () => {
    await using t = await sandboxHome();
    const program = [await nodeOf(version), command] as const;
    await using shell = openTerminal(t, [], { program, rows: 40 });
    await shell.shows(/^❯ /m);
    for (const [index, key] of [keys.interrupt, keys.endOfInput, keys.escape].entries()) {
      shell.type(paste);
      await shell.shows(/\(y\/N\)$/im);
      shell.type(key);
      await shell.hides(/\(y\/N\)$/im);
      shell.type(`!echo still-$((${index}))\r`);
      await shell.shows(`still-${index}`);
    }
    expect(shell.screen()).not.toMatch(/^pasted$/m);
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
  });
});

test('without a terminal a secret that was not piped in is refused, with an exit code', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['keys', 'set', 'anthropic'], { input: '' });
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('PREFISH_');
});
