import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { signalTree, type ProcessTree } from '../src/index.ts';

/** A tree that a test has started: its script has said `pids`. */
export interface StartedTree extends ProcessTree {
  readonly pids: readonly number[];
}

/** Starts bash on a script that prints as many pids as it starts processes; what is left of it ends with the test. */
export async function startTree(script: string, count: number, cwd = '/'): Promise<StartedTree> {
  const value = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const child = spawn('bash', ['-c', `${script}\nwait; sleep 300`], {
    cwd,
    env: { PATH: process.env['PATH'], PREFISH_TEST_TREE: value },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const tree = { pid: child.pid!, mark: `PREFISH_TEST_TREE=${value}` };
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    await until(async () => !(await signalTree(tree, 'SIGKILL')), 'the tree to end');
    await ended;
  });
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  await until(() => said.split('\n').length > count, `${count} pids`);
  return { ...tree, pids: said.trim().split('\n').map(Number) };
}
