import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Bases } from '../../../src/worker/tree/bases.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

it('is not removed while a tree is laid over it, which may begin while it is being tidied', async () => {
  host.write('a.txt', 'a\n');
  const { repo, snapshot } = await host.submit('true');
  const { remote } = await host.repositories.locate(repo);
  const bases = new Bases(host.folder, 1);
  (await bases.take(remote, snapshot, 1))!.release();
  const options = { idle: 0, dryRun: false, signal: AbortSignal.timeout(20_000) };
  const tidying = bases.tidy(options);
  // What it takes is counted by a process.
  while (!process.getActiveResourcesInfo().includes('ProcessWrap')) await setImmediate();
  const base = await bases.take(remote, snapshot, 1);
  await tidying;
  expect(base === undefined || existsSync(join(base.tree, 'a.txt'))).toBe(true);
  base?.release();
  await bases.tidy(options);
  expect(await bases.tidy(options)).toBe(0);
});
