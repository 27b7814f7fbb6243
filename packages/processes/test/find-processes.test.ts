import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findProcesses } from '../src/index.ts';
import { startTree } from './start-tree.ts';

beforeEach(({ skip }) => skip(process.platform !== 'linux', 'only Linux tells of processes'));

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-processes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('each trace finds its own, by any of what is known of it', async () => {
  const folder = await temporaryFolder();
  await symlink(folder, `${folder}-link`);
  onTestFinished(() => rm(`${folder}-link`));
  const one = await startTree('sleep 300 & echo $!', 1);
  const other = await startTree('env -i setsid sleep 300 & echo $!', 1, folder);
  const found = await findProcesses([
    { groups: [one.pid], mark: 'PREFISH_TEST_TREE=nobody' },
    { groups: [], mark: one.mark },
    { groups: [], mark: 'PREFISH_TEST_TREE=nobody', folder: `${folder}-link` },
    { groups: [], mark: 'PREFISH_TEST_TREE=nobody', folder: `${folder}/gone` },
  ]);
  const pids = found.map((processes) => processes.map(({ pid }) => pid));
  for (const known of pids.slice(0, 2)) expect(known).toEqual(expect.arrayContaining([one.pid, ...one.pids]));
  expect(pids[2]).toEqual(expect.arrayContaining([other.pid, ...other.pids]));
  expect(pids[2]).not.toContain(one.pid);
  expect(pids[3]).toEqual([]);
});

test('a mark that only begins like another is another', async () => {
  const { pid, mark } = await startTree('echo $$', 1);
  const [found] = await findProcesses([{ groups: [], mark: mark.slice(0, -1) }]);
  expect(found!.map((process) => process.pid)).not.toContain(pid);
});
