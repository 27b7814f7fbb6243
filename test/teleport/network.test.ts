import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, submit, transcript } from '../support/tasks.ts';

needs('bubblewrap');

/** A program that asks the proxy of its variables for URLs, one after the other. */
const get = `
import { request } from 'node:http';
const { hostname: host, port } = new URL(process.env.http_proxy);
for (const path of process.argv.slice(2)) {
  const { promise, resolve } = Promise.withResolvers();
  request({ host, port, path }, (response) => {
    console.log(response.statusCode);
    response.resume().on('end', resolve);
  }).end();
  await promise;
}`;

test('a line with --network allowlist reaches what the configuration allows, and nothing else', async () => {
  const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await using t = await sandboxHome();
    const { path: cwd } = await t.repository({ 'get.mjs': get });
    await mkdir(join(t.prefishHome, 'config'), { recursive: true });
    await writeFile(
      join(t.prefishHome, 'config', 'prefish.config.json'),
      JSON.stringify({ allow: [`127.0.0.1:${port}`] }),
    );
    const urls = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, 'http://elsewhere.example/'];
    const line = `--network allowlist !'${process.execPath}' get.mjs ${urls.join(' ')}`;
    const id = await submit(t, line, { cwd });
    expect(await finished(t, id)).toMatchObject({
      state: 'completed',
      network: 'allowlist',
      sandbox: 'bwrap',
    });
    expect(await outputOf(t, id)).toBe('200\n403\n403\n');
    const denied = (await transcript(t, id)).filter(({ type }) => type === 'warning');
    expect(denied).toMatchObject([
      { code: 'PREFISH_NETWORK_DENIED', hint: expect.stringContaining(`"localhost:${port}"`) },
      { code: 'PREFISH_NETWORK_DENIED', hint: expect.stringContaining('"elsewhere.example"') },
    ]);
  } finally {
    server.close();
  }
});
