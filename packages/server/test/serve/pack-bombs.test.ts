import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createTaskId } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { teamServer, type TeamServer } from '../fixtures/team-server.ts';

needs('bubblewrap');

const mib = 2 ** 20;

/** The length of an object in a pack, with its type: gitformat-pack(5). */
function head(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 128;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}

/** A length in a delta. */
function length(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) bytes.push(rest % 128);
  return Buffer.from(bytes.map((byte, index) => (index < bytes.length - 1 ? byte | 128 : byte)));
}

/** A pack of 15 MiB of zeros and a delta that names all of them so many times: a few kilobytes. */
function bomb(times: number): Buffer {
  const base = Buffer.alloc(15 * mib);
  const id = createHash('sha1').update(`blob ${base.length}\0`).update(base).digest();
  // Copy from 0 what has a length of three bytes.
  const copy = Buffer.from([
    0x80 | 0x10 | 0x20 | 0x40,
    base.length & 255,
    (base.length >> 8) & 255,
    base.length >> 16,
  ]);
  const delta = Buffer.concat([
    length(base.length),
    length(base.length * times),
    ...Array.from({ length: times }, () => copy),
  ]);
  const start = Buffer.from('PACK\0\0\0\x02\0\0\0\x02', 'latin1');
  const pack = Buffer.concat([
    start,
    head(3, base.length),
    deflateSync(base),
    head(7, delta.length),
    id,
    deflateSync(delta),
  ]);
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()]);
}

/** Sends a pack as a push, and says what became of it. */
async function push(server: TeamServer, token: string, pack: Buffer): Promise<string> {
  const line = `${'0'.repeat(40)} ${'1'.repeat(40)} refs/prefish/snapshots/${createTaskId()}\0report-status`;
  const command = `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`;
  const answer = await server.ask('/git/repository1.git/git-receive-pack', {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/x-git-receive-pack-request' },
    body: Buffer.concat([Buffer.from(command, 'latin1'), pack]),
  });
  return answer.text;
}

test('a pack of kilobytes that stands for gigabytes is given up, and others go on', async () => {
  await using server = await teamServer();
  const { client, token } = await server.member('ada');
  await client.repository('repository1');
  // What fits comes so far as that its commit is missing.
  expect(await push(server, token, bomb(2))).toMatch(/unpack ok|missing necessary objects/);
  const huge = bomb(700);
  expect(huge.length).toBeLessThan(mib);
  expect(await push(server, token, huge)).toMatch(/unpack (?!ok)/);
  expect(await client.info()).toMatchObject({ place: expect.any(String) });
});

test('so many snapshots wait for a task, and no more', async () => {
  await using server = await teamServer();
  const { client, token } = await server.member('ada');
  await client.repository('repository1');
  const waiting = join(server.folder, 'repositories/ada/repository1.git/refs/prefish/snapshots');
  mkdirSync(waiting, { recursive: true });
  for (let index = 0; index < 1000; index += 1) writeFileSync(join(waiting, `t${index}`), '');
  const answer = await server.ask('/git/repository1.git/info/refs?service=git-receive-pack', { token });
  expect(answer.text).toContain('ERR 1000 snapshots of this repository wait for their tasks');
});
