import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a program opens two shells, and nothing of them is left when they are closed', async () => {
  const program = fileURLToPath(new URL('fixtures/embed.ts', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=development', '--no-warnings', program],
    { timeout: 20_000 },
  );
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    'LINE 0',
    'LINE 1',
    '{"resources":[],"timers":[],"listeners":[],"onSignal":0}',
    '',
  ]);
});
