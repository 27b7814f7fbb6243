import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { teamServer } from '../fixtures/team-server.ts';

needs('bubblewrap');

test('who has an account links nothing of the disk of the server into a mirror', async () => {
  await using server = await teamServer();
  using secret = temporaryFolder();
  const { client } = await server.member('ada');
  const location = await client.repository('repository1', undefined, {
    objects: secret.path,
    commit: 'a'.repeat(40),
  });
  expect(location).toEqual({ repo: 'repository1', remote: `${server.url}/git/repository1.git` });
  const mirror = join(server.folder, 'repositories/ada/repository1.git');
  expect(readdirSync(mirror)).not.toContain('prefish-history');
  expect(readdirSync(join(mirror, 'objects'))).not.toContain('linked');
});
