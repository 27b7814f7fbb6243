import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import type { RunContext } from '@prefish/core';
import { protocolVersion } from '@prefish/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { revokeLogins } from '../../../src/commands/login/logins.ts';
import type { Folders } from '../../../src/folders.ts';

/** What a server says to each `DELETE` of a login. */
async function revokeOthers(said: Readonly<Record<string, readonly [status: number, code: string]>>) {
  const deleted: string[] = [];
  const now = '2026-01-01T00:00:00.000Z';
  const times = { createdAt: now, lastUsedAt: now };
  const tokens = ['own', ...Object.keys(said)].map((id) => ({
    id,
    device: `of ${id}`,
    scope: 'tasks',
    current: id === 'own',
    ...times,
  }));
  const share = { most: 1, now: 0 };
  const answers: Readonly<Record<string, unknown>> = {
    '/v1/info': { version: '1.0.0', protocol: protocolVersion, place: 'far' },
    '/v1/account': { name: 'ada', limits: { tasks: share, disk: share } },
    '/v1/account/tokens': { tokens },
  };
  const server = createServer(({ method, url = '' }, response) => {
    if (method !== 'DELETE') return void response.end(JSON.stringify(answers[url]));
    const id = url.split('/').at(-1)!;
    deleted.push(id);
    const [status, code] = said[id]!;
    response.statusCode = status;
    response.end(status === 204 ? '' : JSON.stringify({ code, detail: `no ${id}`, title: code, status }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const home = mkdtempDisposableSync(`${tmpdir()}/prefish-logins-`);
  onTestFinished(() => home.remove());
  const before = process.env['PREFISH_TOKEN'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['PREFISH_TOKEN'];
    else process.env['PREFISH_TOKEN'] = before;
  });
  process.env['PREFISH_TOKEN'] = 'prefish_0123456789abcdef_secret';
  const folders: Folders = { config: home.path, state: home.path, cache: home.path, data: home.path };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out = { warn: () => {} } as unknown as RunContext['out'];
  const signal = AbortSignal.timeout(20_000);
  const outcome = revokeLogins(folders, url, { id: undefined, others: true }, { signal, out });
  await outcome.catch(() => {});
  return { outcome, deleted, url };
}

test('one that ended meanwhile keeps no other from being ended', async () => {
  const { outcome, deleted, url } = await revokeOthers({
    first: [404, 'PREFISH_TOKEN_NOT_FOUND'],
    second: [204, ''],
  });
  await expect(outcome).resolves.toMatchObject({
    message: `Ended the login of of second (${url}).`,
    data: { revoked: [{ id: 'second', url }] },
  });
  expect(deleted).toEqual(['first', 'second']);
});

test('one that cannot be ended keeps no other from it, and both are said', async () => {
  const { outcome, deleted } = await revokeOthers({
    first: [403, 'PREFISH_FORBIDDEN'],
    second: [204, ''],
  });
  await expect(outcome).rejects.toMatchObject({
    code: 'PREFISH_FORBIDDEN',
    message: expect.stringMatching(/^Ended the login of of second .*The others could not be ended: no first/),
  });
  expect(deleted).toEqual(['first', 'second']);
});
