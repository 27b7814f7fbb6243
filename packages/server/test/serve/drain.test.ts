import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

needs('bubblewrap');

test('a server that closes says so while its tasks end, and shows how they do', async () => {
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  await using server = await teamServer(
    {},
    {
      run: async (_claim, log, _input, signal) => {
        await log.started('bwrap');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopping = true;
        await ended.promise;
        return { exit: { signal: 'SIGKILL' } };
      },
    },
  );
  const { client, token } = await server.member('ada');
  await client.repository('repository1');
  const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
  const { id } = await client.submit(request({ line: '!sleep 600', snapshot, options: {} }));
  await until(async () => (await client.get(id)).state === 'working');
  const stream = await server.open(`/v1/tasks/${id}/events`, { token });
  let heard = '';
  let over = false;
  stream.setEncoding('utf8').on('data', (part: string) => (heard += part));
  stream.on('end', () => (over = true));
  expect((await server.ask('/readyz')).status).toBe(200);

  const closed = server.server.close();
  await until(() => stopping);
  expect(await server.ask('/readyz')).toMatchObject({ status: 503 });
  expect((await server.ask('/healthz')).status).toBe(200);
  expect(over).toBe(false);
  ended.resolve();
  await closed;
  expect(heard).toContain('worker-lost');
  expect(over).toBe(true);
  await expect(server.ask('/healthz')).rejects.toThrow(/ECONNREFUSED/);
});
