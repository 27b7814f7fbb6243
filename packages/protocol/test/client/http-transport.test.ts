import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpTransport } from '../../src/client/http-transport.ts';

let server: Server;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const read = async (silence?: number): Promise<string> => {
  const { port } = server.address() as AddressInfo;
  const transport = createHttpTransport({ origin: `http://127.0.0.1:${port}` });
  const { body } = await transport({ method: 'GET', path: '/', ...(silence !== undefined && { silence }) });
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString();
  return text;
};

test('a body of which nothing is heard any more has broken off', async () => {
  answer = (response) => response.write('one');
  await expect(read(100)).rejects.toMatchObject({
    code: 'PREFISH_SERVER_UNREACHABLE',
    message: expect.stringContaining('nothing was heard for 0.1 s'),
  });
});

test('one that says something in time goes on, and so does one that need not', async () => {
  answer = (response) => {
    let said = 0;
    const talking = setInterval(() => {
      response.write('.');
      said += 1;
      if (said < 8) return;
      clearInterval(talking);
      response.end();
    }, 100);
  };
  expect(await Promise.all([read(700), read()])).toEqual(['........', '........']);
});
