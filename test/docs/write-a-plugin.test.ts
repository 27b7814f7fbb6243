import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nodeOf, strangerEnvironment } from '../support/nodes.ts';
import { packedWorkspace, type PackedWorkspace } from '../support/packed.ts';
import { command as prefish, sandboxHome } from '../support/sandbox-home.ts';
import { codeBlocks, consoleSteps } from './page.ts';

/** What a terminal would show of a command, and whether it failed. */
interface Shown {
  readonly text: string;
  readonly failed: boolean;
}

let workspace: PackedWorkspace;

beforeAll(async () => {
  workspace = await packedWorkspace();
}, 120_000);

test.each(['22', '24'] as const)(
  'whoever follows the page on Node %s sees what it says',
  async (version) => {
    await using home = await sandboxHome();
    const { folder: packed, tarballs } = workspace;
    const programs = join(home.root, 'programs');
    const folder = join(home.root, 'empty');
    await mkdir(folder);
    await mkdir(programs);
    await symlink(await nodeOf(version), join(programs, 'node'));
    await writeFile(join(programs, 'prefish'), `#!/bin/sh\nexec node '${prefish}' "$@"\n`);
    await chmod(join(programs, 'prefish'), 0o755);

    const stranger = strangerEnvironment({ HOME: home.home, PREFISH_HOME: home.prefishHome });
    const env = { ...stranger, PATH: [programs, stranger['PATH']].join(delimiter) };
    const shown = (command: string): Promise<Shown> =>
      new Promise((resolve) => {
        execFile('bash', ['-c', `{ ${command}\n} 2>&1`], { cwd: folder, env }, (error, text) =>
          resolve({ text, failed: error !== null }),
        );
      });
    const succeeds = async (command: string): Promise<string> => {
      const { text, failed } = await shown(command);
      expect(failed, `${command}:\n${text}`).toBe(false);
      return text;
    };

    // What is not on a registry yet is named as `npm run pack` says; all else is as on the page.
    const fromTarballs: Readonly<Record<string, string>> = {
      'npm install --save-dev @prefish/core @prefish/testing vitest\nnpx vitest run\n': `npm install --save-dev ${[
        'core',
        'durable',
        'protocol',
        'screen',
        'terminal',
        'testing',
      ]
        .map((name) => `'${tarballs[`@prefish/${name}`]}'`)
        .join(' ')} vitest\nnpx vitest run\n`,
    };

    expect((await succeeds('node --version')).startsWith(`v${version}.`)).toBe(true);
    const blocks = await codeBlocks('write-a-plugin.md');
    for (const { language, file, code } of blocks) {
      if (language === 'sh') {
        const asPacked = code.replace(/^(prefish plugins new greet --token @).*/, `$1 --packed '${packed}'`);
        const text = await succeeds(`set -e\n${fromTarballs[code] ?? asPacked}`);
        if (code.includes('vitest run')) expect(text).toMatch(/Tests.* 1 passed/);
        if (file === 'package') expect(text).toMatch(/Tests.* 2 passed/);
        continue;
      }
      if (file !== undefined) await writeFile(join(folder, file), code);
      if (code.includes("from 'zod'")) await succeeds('npm install --prefer-offline zod');
      if (language !== 'console') continue;
      for (const { command, printed } of consoleSteps(code))
        expect((await shown(command)).text, command).toBe(printed);
    }

    expect(await succeeds('prefish plugins add ./prefish-plugin-greet --yes')).toContain('Greet somebody');
    expect(await succeeds("prefish -c '@ Ann'")).toBe('Hello, Ann!\n');
  },
  120_000,
);

test('the policy of the page about hooks denies where nobody can say yes', async () => {
  await using home = await sandboxHome();
  const careful = (await codeBlocks('hooks.md')).find(({ file }) => file === 'careful.ts')!;
  await writeFile(join(home.home, 'careful.ts'), careful.code);
  const run = await home.prefish(['--plugin', './careful.ts', '-c', '!echo ok', '-c', '!rm -rf /nowhere/x']);
  expect(run).toMatchObject({ code: 2, stdout: 'ok\n', stderr: expect.stringContaining('Nobody said yes') });
});
