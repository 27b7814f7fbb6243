import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('what is typed for the shell does not reach the agent', async () => {
  await using home = await sandboxHome();
  const agent = fakeAgent();
  const folder = join(home.prefishHome, 'config');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'prefish.config.json'),
    JSON.stringify({ plugins: [['@prefish/plugin-agent', { agent }]] }),
  );
  await using terminal = openTerminal(home, [], { columns: 120, rows: 60 });
  await terminal.shows(/^❯/m);

  terminal.type('prefish tasks ls\r');
  await terminal.shows(/^runs \/tasks ls$/m);

  terminal.type('/taks\r');
  await terminal.shows('“/taks” was not sent to the agent');
  await terminal.shows('Did you mean /tasks?');
  terminal.type('/exit\r');
  await terminal.shows('“/exit” was not sent to the agent');

  terminal.type('echo marked\r');
  await terminal.shows('“echo marked” reads like a command');
  terminal.type('1');
  await terminal.shows(/^marked$/m);

  terminal.type('!(exit 3)\r');
  await terminal.shows(/^exit 3$/m);

  terminal.type('say hello there\r');
  await terminal.shows(/^hello there$/m);
  terminal.type('/keys rm anthropic\r');
  await terminal.shows('hint: /keys ls lists those that there are.');
  terminal.type(keys.endOfInput);
  expect(await terminal.ended).toBe(0);
});
