import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TaskRun } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

/** By convention the user without rights on anything. */
const nobody = 65_534;

/** Runs a fixture as that user, and reads what it prints. */
function asNobody(fixture: string): unknown {
  const script = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
  const isRoot = process.getuid?.() === 0;
  const output = execFileSync(process.execPath, ['--conditions=development', '--no-warnings', script], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  return JSON.parse(output);
}

it('a user without any rights gets the same sandbox, as the same user inside', () => {
  const run = asNobody('run-as-user.ts') as TaskRun & {
    uid: number;
    layers: { possible: boolean; used: boolean };
  };
  expect(run.layers.used).toBe(run.layers.possible);
  expect(run).toMatchObject({ exit: { code: 0 }, sandbox: 'bwrap', result: { files: 2 } });
  expect(run.stdout.split('\n').slice(0, 2)).toEqual([String(run.uid), 'x']);
});

it('is held to as many processes as tasks may have, without a control group', () => {
  const run = asNobody('fill-as-user.ts') as TaskRun;
  expect(run).toMatchObject({ stdout: '', sandbox: 'bwrap' });
  expect(run.exit).not.toEqual({ code: 0 });
});
