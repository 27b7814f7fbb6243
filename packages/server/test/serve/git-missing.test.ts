import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { teamServer } from '../fixtures/team-server.ts';

needs('bubblewrap');

test('a server without git says so to who fetches and who pushes', async () => {
  await using server = await teamServer();
  const { client, token } = await server.member('ada');
  await client.repository('repository1');
  const { PATH: path } = process.env;
  onTestFinished(() => void (process.env['PATH'] = path));
  const empty = join(server.folder, 'empty');
  mkdirSync(empty);
  process.env['PATH'] = empty;
  for (const service of ['git-upload-pack', 'git-receive-pack']) {
    const refs = await server.ask(`/git/repository1.git/info/refs?service=${service}`, { token });
    expect(refs).toMatchObject({
      status: 200,
      text: expect.stringMatching(/ERR git was not found on the server/),
    });
    const served = await server.ask(`/git/repository1.git/${service}`, {
      method: 'POST',
      token,
      body: '0000',
    });
    expect(served.json()).toMatchObject({ status: 500, code: 'PREFISH_GIT_MISSING' });
  }
});
