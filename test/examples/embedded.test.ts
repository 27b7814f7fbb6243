import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../examples/embedded/main.ts', import.meta.url));

test.each([
  ['= 1 2 3.5', '6.5\n', '', 0],
  ['= 1 two', '', 'Not only numbers: 1 two\n', 1],
  ['1 2', '', 'Nobody takes plain text here: 1 2\n', 2],
])('%j ends by itself, with what it should', (line, stdout, stderr, status) => {
  const run = spawnSync(process.execPath, ['--conditions=development', '--no-warnings', program, line], {
    encoding: 'utf8',
    env: {},
    timeout: 20_000,
  });
  expect(run).toMatchObject({ stdout, stderr, status });
});
