import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isStranger, ownerOf } from '../../src/web/peer-user.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A2D1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:A2D1 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1
   2: 0100007F:C350 0100007F:A2D1 01 00000000:00000000 00:00000000 00000000  1001        0 3 1 0 20 4 30 10 -1
`;

test('the other end of a connection is owned by its own user, not by that of this end', () => {
  const connection = { localPort: 0xa2d1, remotePort: 0xc350 };
  expect(ownerOf(table, connection)).toBe(1001);
  expect(ownerOf(table, { ...connection, remotePort: 1 })).toBeUndefined();
  expect(ownerOf('', connection)).toBeUndefined();
});

test('a program of this user is no stranger', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await accepted) as [{ remotePort: number; localPort: number; destroy(): void }];
  expect(await isStranger(socket)).toBe(false);
  socket.destroy();
  client.destroy();
});
