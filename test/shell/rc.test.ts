import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const bash = { env: { SHELL: '/bin/bash' } };

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function homeWithRc(rc: string): Promise<SandboxHome> {
  const t = await sandboxHome();
  await writeFile(join(t.home, '.bashrc'), rc);
  return t;
}

test('the user’s own aliases and functions are there at a prompt, also behind a trailing &', async () => {
  await using t = await homeWithRc('echo noise; alias hey="echo hey"; greet() { echo "hello $1"; }');
  await using shell = openTerminal(t, [], bash);
  await shell.shows(/❯|>/);
  shell.type('!hey you; greet me\r');
  await shell.shows('hey you\nhello me');
  shell.type('!greet back &\r');
  await shell.shows('s1 completed');
  expect((await t.prefish(['tasks', 'logs', 's1'])).stdout).toBe('hello back\n');
  expect(shell.bytes()).not.toContain('noise');
});

test('it is read in idle time, and leaving does not wait for one that hangs', async () => {
  await using t = await homeWithRc('touch ~/begun; sleep 300');
  await using shell = openTerminal(t, [], bash);
  await until(() => isThere(join(t.home, 'begun')), 'it to be read');
  const leftAt = performance.now();
  shell.type(keys.endOfInput);
  expect(await shell.ended).toBe(0);
  expect(performance.now() - leftAt).toBeLessThan(30_000);
});

test('-c and scripts do not read it, unless the options say so', async () => {
  await using t = await homeWithRc('touch ~/read; alias hey="echo hey"');
  await t.prefish(['-c', '!true'], bash);
  await t.prefish([], { ...bash, input: '!true\n' });
  expect(await isThere(join(t.home, 'read'))).toBe(false);
  const config = join(t.home, 'with-rc.yaml');
  await writeFile(config, "plugins:\n  - ['@prefish/plugin-shell', { rc: true }]\n");
  expect((await t.prefish(['--config', config, '-c', '!hey you'], bash)).stdout).toBe('hey you\n');
});
