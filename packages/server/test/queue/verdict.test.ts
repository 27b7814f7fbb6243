import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { testServer } from '../fixtures/server.ts';
import { verdict } from '../../src/queue/verdict.ts';
import { until } from '../fixtures/until.ts';

const secret = 'hunter3-secret';

test('the log says of a set-up command that failed whose task it was, and not what it was', async () => {
  const failed = new PrefishError(
    'PREFISH_SETUP_FAILED',
    `the set-up command failed (exit 22): curl ${secret}`,
  );
  await using server = await testServer({ run: () => Promise.reject(failed) });
  const { id } = await server.client.submit(await server.request('!true'));
  const ended = (): string | undefined => server.logged.find((said) => said.includes('a task ended'));
  expect(await until(ended)).toMatch(/^info .*"setup-failed"/);
  expect((await server.client.get(id)).reason).toBe('setup-failed');
  expect(server.logged).toContainEqual(
    expect.stringMatching(/^info an attempt broke .*"PREFISH_SETUP_FAILED"/),
  );
  expect(server.logged.join('\n')).not.toContain(secret);
});

test('the log has the words of what is wrong with the server', async () => {
  const failed = new PrefishError('PREFISH_SANDBOX_MISSING', 'bubblewrap is not installed');
  await using server = await testServer({ run: () => Promise.reject(failed) });
  await server.client.submit(await server.request('!true'));
  const broke = (): string | undefined => server.logged.find((said) => said.includes('an attempt broke'));
  expect(await until(broke)).toMatch(/^error .*bubblewrap is not installed/);
});

test('the log names what a closing server gives back, and what it ends', async () => {
  const begun: string[] = [];
  await using server = await testServer({
    run: async ({ task }, log, _input, signal) => {
      await log.started('none');
      begun.push(task.id);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { exit: { signal: 'SIGKILL' } };
    },
  });
  const again = await server.client.submit(await server.request('!true', { retries: 1 }));
  const once = await server.client.submit(await server.request('!true'));
  await until(() => begun.length === 2);
  await server.server.close();
  const said = (id: string): string[] => server.logged.filter((line) => line.includes(id)).slice(1);
  expect(said(again.id)).toEqual([
    expect.stringMatching(/^info a task was given back .*"submitted".*"worker-lost"/),
  ]);
  expect(said(once.id)).toEqual([expect.stringMatching(/^info a task ended .*"failed".*"worker-lost"/)]);
});

test('a canceled task says so, and not by which signal it was ended for that', () => {
  const result = { commit: 'c', branch: 'b', files: 1, insertions: 1, deletions: 0 };
  const canceled = { state: 'canceled', reason: 'canceled' };
  const killed = { exit: { signal: 'SIGKILL' }, result };
  expect(verdict({ type: 'ended', end: killed }, 'cancel')).toEqual({ ...canceled, result });
  const exit = { code: 3 };
  expect(verdict({ type: 'ended', end: { exit } }, 'cancel')).toEqual({ ...canceled, exit });
});
