import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { has } from '../support/capabilities.ts';
import { command, sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';

/** The variables of a shell in which `prefish` is a command. */
async function withPrefish(t: SandboxHome): Promise<Record<string, string>> {
  const folder = join(t.root, 'bin');
  await mkdir(folder);
  await writeFile(join(folder, 'prefish'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  await chmod(join(folder, 'prefish'), 0o755);
  return { ...t.env, PATH: `${folder}${delimiter}${t.env['PATH']}` };
}

test('bash completes commands, sub-commands, options, and else files', async () => {
  await using t = await sandboxHome();
  const env = await withPrefish(t);
  await writeFile(join(t.home, 'zeta file'), '');
  await using shell = openTerminal(t, ['--norc', '-i'], { program: ['/bin/bash', '--noprofile'], env });
  shell.type('PS1="ready> "; source <(prefish completion bash)\r');
  await shell.shows(/^ready> $/m);
  shell.type('prefish tas\t');
  await shell.shows('ready> prefish tasks ');
  shell.type('l\t\t');
  await shell.shows(/^logs +ls$/m);
  shell.type('\x15prefish --conti\t');
  await shell.shows('ready> prefish --continue');
  shell.type('\x15prefish --cwd ze\t');
  await shell.shows(String.raw`ready> prefish --cwd zeta\ file`);
});

test('zsh completes with what each word does, its completion system begun or not', async ({ skip }) => {
  skip(!has('zsh'), 'zsh is not installed');
  await using t = await sandboxHome();
  const env = { ...(await withPrefish(t)), ZDOTDIR: t.home };
  await using shell = openTerminal(t, ['-i'], { program: ['zsh', '-f'], env, columns: 100 });
  shell.type('PS1="ready> "; source <(prefish completion zsh)\r');
  await shell.shows(/^ready> $/m);
  shell.type('prefish tas\t');
  await shell.shows('ready> prefish tasks ');
  shell.type('l\t');
  await shell.shows(/^logs +-- ./m);
});

test('fish completes with what each word does', async ({ skip }) => {
  skip(!has('fish'), 'fish is not installed');
  await using t = await sandboxHome();
  const env = await withPrefish(t);
  await writeFile(join(t.home, 'afile'), '');
  const complete = async (line: string): Promise<string[]> => {
    const script = `prefish completion fish | source; complete -C ${JSON.stringify(line)}`;
    return (await promisify(execFile)('fish', ['-c', script], { env, cwd: t.home })).stdout
      .trimEnd()
      .split('\n');
  };
  expect(await complete('prefish tas')).toEqual([expect.stringMatching(/^tasks\t./)]);
  expect((await complete('prefish tasks l')).map((line) => line.split('\t')[0])).toEqual(['logs', 'ls']);
  expect(await complete('prefish --cwd afi')).toEqual(['afile']);
});
