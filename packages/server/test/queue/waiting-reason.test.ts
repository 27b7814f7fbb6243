import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

needs('bubblewrap');

test('a task that its account holds up says so though a worker is free, and one of another account begins', async () => {
  await using server = await teamServer({ limits: { running: 1 } }, { concurrency: 2 });
  const member = async (name: string) => {
    const { client } = await server.member(name);
    await client.repository('repository1');
    const snapshot = commitInto(join(server.folder, 'repositories', name, 'repository1.git'));
    return {
      client,
      submit: async () => (await client.submit(request({ line: '!sleep 600', snapshot, options: {} }))).id,
    };
  };
  const [ada, bob] = [await member('ada'), await member('bob')];
  const first = await ada.submit();
  await until(async () => (await ada.client.get(first)).state === 'working');
  const held = await ada.submit();
  const reason = 'waits for another of its account, 1 of 1 running';
  expect(await ada.client.get(held)).toMatchObject({ state: 'submitted', reason });
  expect((await ada.client.list()).tasks.map((task) => task.reason)).toEqual([reason, undefined]);
  const other = await bob.submit();
  await until(async () => (await bob.client.get(other)).state === 'working');
  await ada.client.cancel(first);
  await until(async () => (await ada.client.get(held)).state === 'working');
});
