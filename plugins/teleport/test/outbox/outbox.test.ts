import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOutbox } from '../../src/outbox/outbox.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'prefish-outbox-'))));
afterEach(() => rm(folder, { recursive: true }));

/** Another process that waits for an entry, and then says what it read. */
const waiter = `
const { openOutbox } = await import(process.argv[1]);
const outbox = openOutbox(process.argv[2]);
setTimeout(() => process.send('waits'), 50);
process.send({ read: await outbox.hold('tabcdefghjkmnpqr', async () => (await outbox.read('tabcdefghjkmnpqr')) ?? null) });
`;

test('who waits for an entry that is delivered meanwhile finds that it is gone', async () => {
  const outbox = openOutbox(folder);
  const id = 'tabcdefghjkmnpqr';
  const child = await outbox.hold(id, async () => {
    const module = new URL('../../src/outbox/outbox.ts', import.meta.url).href;
    const waiting = fork('-', [], {
      execPath: process.execPath,
      execArgv: ['--conditions=development', '--input-type=module', '--eval', waiter, module, folder],
    });
    expect(await once(waiting, 'message')).toEqual(['waits', undefined]);
    await outbox.remove(id);
    return waiting;
  });
  expect(await once(child, 'message')).toEqual([{ read: null }, undefined]);
});
