import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { protocolVersion } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';

test('a server that speaks another protocol is told apart before anything is sent', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ a: '1\n' });
  const { socket } = (await t.prefish(['daemon', 'status', '--json'])).json<{ socket: string }>();
  const asked: string[] = [];
  const other = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version: '9.0.0', protocol: protocolVersion + 1, pid: process.pid }));
  });
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  await new Promise<void>((resolve) => other.listen(socket, resolve));
  try {
    const run = await t.prefish(['-c', '& !true'], { cwd: repository.path });
    expect(run).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/9\.0\.0[^]*hint: .*daemon stop[^]*PREFISH_SERVER_VERSION/),
    });
    expect(asked.every((request) => request === 'GET /v1/info')).toBe(true);
  } finally {
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  }
});
