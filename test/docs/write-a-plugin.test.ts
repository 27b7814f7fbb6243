import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { codeBlocks, consoleSteps } from './page.ts';

const workspace = join(import.meta.dirname, '..', '..');

/** What a terminal would show of a command in `cwd`. */
function shown(home: SandboxHome, command: string, cwd: string, env = {}): Promise<string> {
  const programs = [dirname(process.execPath), join(workspace, 'node_modules', '.bin'), home.env['PATH']];
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', `${command} 2>&1`],
      { cwd, env: { ...home.env, PATH: programs.join(delimiter), ...env } },
      (_, stdout) => resolve(stdout),
    );
  });
}

test('whoever follows the page sees what it says', async () => {
  await using home = await sandboxHome();
  const folder = join(home.root, 'empty');
  await mkdir(folder);
  for (const { language, file, code } of await codeBlocks('write-a-plugin.md')) {
    if (file !== undefined) await writeFile(join(folder, file), code);
    if (code.includes("from 'zod'")) await install(folder, 'zod', 'examples/notes/node_modules/zod');
    if (language !== 'console') continue;
    for (const { command, printed } of consoleSteps(code))
      expect(await shown(home, command, folder), command).toBe(printed);
  }
  await install(folder, '@prefish/testing', 'packages/testing');
  await install(folder, '@prefish/core', 'packages/core');
  const tested = await shown(home, 'node --test', folder, { NODE_OPTIONS: '--conditions=development' });
  expect(tested).toMatch(/^ℹ pass 1\nℹ fail 0$/m);
});

test('the policy of the page about hooks denies where nobody can say yes', async () => {
  await using home = await sandboxHome();
  const careful = (await codeBlocks('hooks.md')).find(({ file }) => file === 'careful.ts')!;
  await writeFile(join(home.home, 'careful.ts'), careful.code);
  const run = await home.prefish(['--plugin', './careful.ts', '-c', '!echo ok', '-c', '!rm -rf /nowhere/x']);
  expect(run).toMatchObject({ code: 2, stdout: 'ok\n', stderr: expect.stringContaining('Nobody said yes') });
});

/** Puts a package of this workspace where the page has it installed. */
async function install(folder: string, name: string, from: string): Promise<void> {
  const path = join(folder, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(workspace, from), path).catch(() => {});
}
