import { lstatSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seedIndex } from '../../src/snapshot/seed-index.ts';
import { openShadow } from '../../src/snapshot/shadow.ts';
import { findWorkTree } from '../../src/snapshot/work-tree.ts';
import { scratch } from '../support/repository.ts';

test('the copy of the index is no younger than the index', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const index = lstatSync(join(repository.path, '.git', 'index'));
  // Longer than the clock of a file system stands still, so that a copy made now shows.
  await delay(20);
  const git = await s.openGit();
  const tree = await findWorkTree(git, repository.path, s.home);
  const shadow = await openShadow(git, tree, s.folders);
  await seedIndex(shadow, tree, true);
  const copy = lstatSync(join(shadow.folder, 'index'));
  expect(copy.mtimeMs).toBeLessThanOrEqual(index.mtimeMs);
  expect(copy.mtimeMs).toBeGreaterThan(index.mtimeMs - 10);
});
