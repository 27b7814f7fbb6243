import { expect, test } from 'vitest';
import { ServerClient, createHttpTransport } from '@prefish/protocol/client';
import { needs } from '../../../../test/support/needs.ts';
import { teamServer } from '../fixtures/team-server.ts';

needs('bubblewrap');

test('a token that may only look fetches, and pushes nothing, however that is spelled', async () => {
  await using server = await teamServer();
  const { client } = await server.member('ada');
  await client.repository('repository1');
  const { code } = await server.accounts.issueCode('ada', 'read');
  const { secret: token } = await server.accounts.login(code, 'a screen');
  const looking = new ServerClient(createHttpTransport({ origin: server.url, token }));
  expect(await looking.account()).toMatchObject({ name: 'ada' });
  const ask = async (path: string, method = 'GET'): Promise<number> =>
    (
      await server.ask(`/git/repository1.git/${path}`, {
        token,
        method,
        ...(method === 'POST' && { body: '0000' }),
      })
    ).status;

  expect(await ask('info/refs?service=git-upload-pack')).toBe(200);
  expect(await ask('git-upload-pack', 'POST')).toBe(200);
  for (const service of ['git-receive-pack', 'git%2Dreceive-pack', 'git-receive-p%61ck']) {
    expect(await ask(`info/refs?service=${service}`), service).toBe(403);
    expect(await ask(service, 'POST'), service).toBe(403);
    expect(await ask(`${service}?service=git-upload-pack`, 'POST'), service).toBe(403);
  }
});
