import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';

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
  await terminal.shows('“/taks” is no command, and was not sent to the agent');
  await terminal.shows('Did you mean /tasks?');
  terminal.type('/nope x\r');
  await terminal.shows('“/nope” is no command, and was not sent to the agent');
  await terminal.shows('/help lists the commands. \\/nope sends it all the same.');
  terminal.type('/\r');
  await terminal.shows('“/” is no command, and was not sent to the agent');
  terminal.type('/usr/bin/x is broken, why?\r');
  await terminal.shows('You said: /usr/bin/x is broken, why?');

  terminal.type('prefish tasks apply --help\r');
  await terminal.shows(/^\/tasks apply .*\[options\]/m);

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
  terminal.type('exit\r');
  expect(await terminal.ended).toBe(0);
});

test('exit is asked about as Ctrl+D is, while something runs in the background', async () => {
  await using home = await sandboxHome();
  await using terminal = openTerminal(home);
  await terminal.shows(/^❯/m);
  terminal.type('!sleep 600 &\r');
  await terminal.shows('s1 runs in the background');
  terminal.type('/quit\r');
  await terminal.shows('This still runs: s1 sleep 600');
  terminal.type('2');
  expect(await terminal.ended).toBe(0);
});
