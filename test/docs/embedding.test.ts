import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks, consoleSteps } from './page.ts';

const folder = join(import.meta.dirname, '..', '..', 'examples', 'embedded');

test('the page about programs shows the example, and what it prints', async () => {
  const blocks = await codeBlocks('embedding.md');
  const shown = blocks.find(({ file }) => file === 'main.ts')!;
  expect(shown.code).toBe(await readFile(join(folder, 'main.ts'), 'utf8'));

  const steps = blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => consoleSteps(code));
  expect(steps.length).toBeGreaterThan(1);
  for (const { command, printed } of steps) expect(await output(command), command).toBe(printed);
});

/** What a terminal would show of a command in the example's folder, with the sources of this workspace. */
function output(command: string): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`,
    NODE_OPTIONS: '--conditions=development --no-warnings',
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: folder, env }, (_, text) => resolve(text));
  });
}
