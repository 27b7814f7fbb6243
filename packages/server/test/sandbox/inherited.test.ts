import { execFileSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

it('a task has no descriptor that its server was started with: an open folder would lead out of the sandbox', () => {
  const script = fileURLToPath(new URL('../fixtures/list-descriptors.ts', import.meta.url));
  const args = ['--conditions=development', '--no-warnings', script];
  // Of those below 17, Node itself sees to it that they are passed on to nobody.
  const unused = Array.from({ length: 38 }, () => 'ignore' as const);
  const stdio = ['ignore' as const, 'pipe' as const, ...unused, openSync('/', 'r')];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000, stdio });
  expect(output).toBe('looked\n');
});
