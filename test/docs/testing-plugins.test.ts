import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks } from './page.ts';

test('the page about tests shows the code that is tested beside this one', async () => {
  const shown = (await codeBlocks('testing-plugins.md')).filter(({ language }) => language === 'ts');
  expect(shown.length).toBeGreaterThan(5);
  for (const { file, code } of shown) {
    const tested = await readFile(join(import.meta.dirname, 'testing-plugins', file!), 'utf8');
    // Of the imports, the page shows those that the first examples need.
    expect(tested).toContain(code.replaceAll(/^import .*\n+/gm, '').trim());
  }
});
