import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settlePending } from '../../src/apply/transaction.ts';
import { finishTask } from '../support/finished-task.ts';
import { fingerprint, scratch } from '../support/repository.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

const child = fileURLToPath(new URL('apply-child.ts', import.meta.url));

test('what an apply that failed cannot put back is kept, and put back once there is room', async () => {
  using s = scratch();
  const folder = join(s.root, 'plain');
  mkdirSync(join(folder, 'mounted'), { recursive: true });
  writeFileSync(join(folder, 'holes'), '');
  truncateSync(join(folder, 'holes'), 5_000_000);
  writeFileSync(join(folder, 'mounted/x'), 'x\n');
  const finished = await finishTask(s, folder, (work) => work.git('rm', '-q', 'holes', 'mounted/x'));
  const before = fingerprint(folder);
  const file = join(s.root, 'finished.json');
  writeFileSync(file, JSON.stringify(finished));
  const mounted = join(s.root, 'mounted');
  execFileSync('cp', ['-a', join(folder, 'mounted'), mounted]);
  // On a disk of 1 MB the file of holes can be deleted, but not written; beside it nothing can be deleted.
  const script = 'truncate -s 5000000 "$1/holes"; "$2" --conditions=development "$3" apply "$4"';
  const sandbox = ['--dev-bind', '/', '/', '--size', '1000000', '--tmpfs', folder];
  const readOnly = ['--ro-bind', mounted, join(folder, 'mounted')];
  const run = ['sh', '-c', script, 'sh', folder, process.execPath, child, file];
  const failed = spawnSync('bwrap', [...sandbox, ...readOnly, ...run], { encoding: 'utf8' });
  expect(failed.stderr).toMatch(/could not be put back/);
  expect(failed.status).not.toBe(0);

  execFileSync('rm', [join(folder, 'holes')]);
  const undo = join(s.folders.data, 'undo');
  const pending = readdirSync(undo).find((name) => name.endsWith('.pending'))!;
  expect(await settlePending(undo, pending.replace('.pending', ''))).toMatchObject({ outcome: 'reversed' });
  expect(fingerprint(folder)).toEqual(before);
  expect(readFileSync(join(folder, 'holes')).length).toBe(5_000_000);
});
