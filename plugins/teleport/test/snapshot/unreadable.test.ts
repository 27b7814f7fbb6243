import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nobody } from '../../../../test/support/capabilities.ts';
import { needs } from '../../../../test/support/needs.ts';
import { scratch } from '../support/repository.ts';

needs('plain user');

test('what cannot be read is named, and the rest goes along', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n', b: '2\n', 'closed/c': '3\n' });
  repository.write({ b: 'changed\n', new: 'n\n', 'shut/x': 'x\n', fine: 'f\n' });
  for (const name of ['b', 'new']) chmodSync(join(repository.path, name), 0);
  for (const name of ['closed', 'shut']) chmodSync(join(repository.path, name), 0);
  // Root reads everything: somebody else has to look.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['-R', String(nobody), s.root]);
  const file = join(import.meta.dirname, 'capture-child.ts');
  const child = spawnSync(process.execPath, ['--conditions=development', file, repository.path, s.root], {
    env: { ...s.env },
    encoding: 'utf8',
    ...(isRoot ? { uid: nobody, gid: nobody, cwd: '/' } : {}),
  });
  for (const name of ['closed', 'shut']) chmodSync(join(repository.path, name), 0o755);
  expect(child.stderr).toBe('');
  const found = JSON.parse(child.stdout) as { paths: string[]; notCaptured: string[] };
  expect(found.paths).toEqual(['a', 'b', 'closed/c', 'fine']);
  expect(found.notCaptured.sort()).toEqual([
    'unreadable b',
    'unreadable closed',
    'unreadable closed/c',
    'unreadable new',
    'unreadable shut',
  ]);
});
