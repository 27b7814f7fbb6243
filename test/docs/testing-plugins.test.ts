import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeOf } from '../support/nodes.ts';
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

// Those who run all tests run it on Node 24 beside this one.
test('and that code runs on Node 22 too', async () => {
  const workspace = join(import.meta.dirname, '..', '..');
  const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST.*|TEST|FORCE_COLOR)$/.test(name)),
  );
  const { stdout } = await promisify(execFile)(
    await nodeOf('22'),
    [vitest, 'run', 'test/docs/testing-plugins/'],
    { cwd: workspace, env: { ...env, NO_COLOR: '1' } },
  );
  expect(stdout).toMatch(/Tests +\d+ passed \(\d+\)$/m);
});
