import { processStatus } from '@prefish/processes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { processesWithEnvironment } from '../../../../test/support/processes.ts';
import { endAttemptProcesses } from '../../src/processes/attempt-processes.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { stuckBubblewrap } from '../fixtures/stuck-bubblewrap.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { until } from '../fixtures/until.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

async function killParent(_id: string, _stop: AbortController, pids: readonly number[]): Promise<void> {
  for (const pid of pids)
    if ((await processStatus(pid))?.parent === process.pid) process.kill(pid, 'SIGKILL');
}

it.each([
  ['is canceled', async (_id: string, stop: AbortController) => stop.abort()],
  ['is killed by somebody', killParent],
  ['is looked for by the next server', (id: string) => endAttemptProcesses([{ id, attempt: 1, groups: [] }])],
])('a sandbox that %s before it lets its child begin leaves nothing', async (_, end) => {
  using folder = temporaryFolder();
  using stuck = stuckBubblewrap(folder.path);
  const stop = new AbortController();
  const request = await host.submit('echo never');
  const running = host.run(request, { path: stuck.path, signal: stop.signal });
  const left = (): Promise<number[]> => processesWithEnvironment(`PREFISH_TASK_ATTEMPT=${request.id}/1`);
  await until(async () => (await left()).length === 2);
  await end(request.id, stop, await left());
  expect(await running).toMatchObject({ exit: { signal: 'SIGKILL' }, stdout: '' });
  expect(await left()).toEqual([]);
});
