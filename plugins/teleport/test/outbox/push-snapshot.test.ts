import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pushSnapshot } from '../../src/outbox/push-snapshot.ts';
import { scratch } from '../support/repository.ts';

test('what is pushed to a mirror on this machine is not compressed: a large file would take long', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const bytes = 2_000_000;
  repository.write({ large: Buffer.alloc(bytes) });
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const outgoing = { id: 't1', commit: snapshot.commit, shadow: shadow.folder };
  await pushSnapshot(git, outgoing, { url: mirror, env: {} });
  const id = (await shadow.git(['rev-parse', `${snapshot.commit}:large`])).stdout.toString().trim();
  expect(statSync(join(mirror, 'objects', id.slice(0, 2), id.slice(2))).size).toBeGreaterThan(bytes);
});
