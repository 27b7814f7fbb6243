import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';

test('a plugin keeps its own things in a folder of its name, below the data of prefish', async () => {
  await using t = await sandboxHome();
  await writeFile(
    join(t.home, 'keeper.ts'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
     import { definePlugin } from '@prefish/core';
     export default definePlugin({ name: '@me/keeper', api: '^1', setup(shell) {
       mkdirSync(shell.dataFolder!, { recursive: true });
       writeFileSync(shell.dataFolder + '/kept', 'kept');
     } });`,
  );
  expect(await t.prefish(['--plugin', './keeper.ts', '-c', '!true'])).toMatchObject({ code: 0, stderr: '' });
  expect(await readFile(join(t.prefishHome, 'data/plugin-data/@me/keeper/kept'), 'utf8')).toBe('kept');
});
