import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RunContext } from '@prefish/core';
import type { Task } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import { expect, test } from 'vitest';
import type { Services } from '../../src/services.ts';
import { getFiles } from '../../src/source/get-files.ts';
import { scratch } from '../support/repository.ts';

test.each([
  ['endless', 'more of endless than the 10 B'],
  ['short', 'less of short than the 10 B'],
  ['whole', undefined],
])('of a file that is %s as much comes as the server told, or nothing', async (path, refusal) => {
  using s = scratch();
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/files') === true) {
      return void response.end(JSON.stringify({ files: [{ path, size: 10 }] }));
    }
    if (path !== 'endless') return void response.end('x'.repeat(path === 'short' ? 9 : 10));
    const flood = (): void => void (response.write('x'.repeat(100_000)) && setImmediate(flood));
    response.on('drain', flood);
    flood();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new ServerClient(createHttpTransport({ origin: `http://127.0.0.1:${port}` }));
  const services = { connect: async () => client, outbox: { read: async () => undefined } };
  const context = { signal: new AbortController().signal, cwd: s.root };
  const getting = getFiles(
    services as unknown as Services,
    { id: 't1234567890abcde', number: 1 } as Task,
    { path, output: 'file' },
    context as RunContext,
  );
  const file = join(s.root, 'file');
  try {
    if (refusal === undefined) {
      await getting;
      expect(readFileSync(file, 'utf8')).toBe('x'.repeat(10));
    } else {
      await expect(getting).rejects.toMatchObject({
        code: 'PREFISH_SERVER_ANSWER',
        message: expect.stringContaining(refusal),
      });
      expect(existsSync(file)).toBe(false);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
