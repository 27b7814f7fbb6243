import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TaskRun } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

const script = fileURLToPath(new URL('../fixtures/run-as-user.ts', import.meta.url));
/** By convention the user without rights on anything. */
const nobody = 65_534;

it('a user without any rights gets the same sandbox, as the same user inside', () => {
  const isRoot = process.getuid?.() === 0;
  const output = execFileSync(process.execPath, ['--conditions=development', '--no-warnings', script], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  const run = JSON.parse(output) as TaskRun & {
    uid: number;
    layers: { possible: boolean; used: boolean };
  };
  expect(run.layers.used).toBe(run.layers.possible);
  expect(run).toMatchObject({ exit: { code: 0 }, sandbox: 'bwrap', result: { files: 2 } });
  expect(run.stdout.split('\n').slice(0, 2)).toEqual([String(run.uid), 'x']);
});
