import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer } from '../fixtures/team-server.ts';

needs('bubblewrap');

test('an account that asks for much leaves everybody else their turn', async () => {
  await using server = await teamServer({ limits: { requests: 1000 } });
  const { client: ada } = await server.member('ada');
  const { client: bob } = await server.member('bob');
  await ada.repository('repository1');
  const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
  const env = { LONG: 'x'.repeat(2 ** 20 - 4096) };
  for (let count = 0; count < 4; count++) {
    await ada.submit(request({ line: '!sleep 600', snapshot, env, options: {} }));
  }
  const many = 40;
  let answered = 0;
  const lists = Array.from({ length: many }, () => ada.list({ limit: 1000 }).then(() => (answered += 1)));
  await Promise.race(lists);
  await bob.info();
  expect(answered).toBeLessThan(many);
  await Promise.all(lists);
});
