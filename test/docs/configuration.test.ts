import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { codeBlocks } from './page.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

test('every configuration on the pages is sound', async () => {
  await using home = await sandboxHome();
  await cp(join(examples, 'shout', 'shout.ts'), join(home.home, 'shout.ts'));
  const greet = (await codeBlocks('write-a-plugin.md')).findLast(({ file }) => file === 'greet.ts')!;
  await writeFile(join(home.home, 'greet.ts'), greet.code);
  // The pages name a package of this name as one that is installed.
  await mkdir(join(home.home, 'node_modules'));
  await symlink(join(examples, 'notes', 'node_modules', 'zod'), join(home.home, 'node_modules', 'zod'));
  await symlink(join(examples, 'notes'), join(home.home, 'node_modules', 'prefish-plugin-notes'));

  const blocks = [...(await codeBlocks('configuration.md')), ...(await codeBlocks('../README.md'))].filter(
    ({ language, code }) => /^(yaml|json)$/.test(language) || code.includes('defineConfig('),
  );
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['yaml', 'json', 'ts']));
  for (const [index, { language, code }] of blocks.entries()) {
    const file = join(home.home, `block-${index}.${language}`);
    await writeFile(file, code);
    const { code: exit, stderr } = await home.prefish(['config', 'check', '--config', file]);
    expect({ exit, stderr }, code).toEqual({ exit: 0, stderr: '' });
  }

  const misspelt = join(home.home, 'misspelt.yaml');
  await writeFile(misspelt, blocks[0]!.code.replace('prefixes:', 'prefixs:'));
  expect(await home.prefish(['config', 'check', '--config', misspelt])).toMatchObject({ code: 2 });
});

test('two forms of one configuration say the same', async () => {
  await using home = await sandboxHome();
  const forms = (await codeBlocks('configuration.md')).filter(
    ({ code }) => code.includes('memory') && code.includes('>>'),
  );
  expect(forms.map(({ language }) => language)).toEqual(['yaml', 'json', 'ts']);
  const values = await Promise.all(
    forms.map(async ({ language, code }) => {
      const file = join(home.home, `form.${language}`);
      await writeFile(file, code);
      const { stdout } = await home.prefish(['config', 'show', '--json', '--config', file]);
      return (JSON.parse(stdout) as { value: { prefixes: unknown } }).value.prefixes;
    }),
  );
  expect(values[0]).toMatchObject({ shell: expect.anything(), memory: expect.anything() });
  expect(values.slice(1)).toEqual([values[0], values[0]]);
});
