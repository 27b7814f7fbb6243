import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createJsonHost } from '../../src/index.ts';

const at = '2026-01-01T00:00:00.000Z';

test('one event a line, exactly as it is', async () => {
  const stdout = new PassThrough();
  const host = createJsonHost(stdout);
  const events = [
    { seq: 1, at, type: 'output', stream: 'stdout', text: 'a\nb\x1b[31m' },
    { seq: 7, at, task: 't1', type: 'exit', code: 3 },
  ] as const;
  for (const event of events) host.event?.(event);
  host.print({ tasks: [] });
  stdout.end();
  const lines = (await text(stdout)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([...events, { tasks: [] }]);
});

test('a slow reader is waited for', async () => {
  const stdout = new PassThrough({ highWaterMark: 16 });
  const host = createJsonHost(stdout);
  host.print('x'.repeat(100));
  let drained = false;
  const done = host.drain!().then(() => {
    drained = true;
  });
  await new Promise(setImmediate);
  expect(drained).toBe(false);
  stdout.resume();
  await done;
});

test('a reader that went away is no error', async () => {
  const stdout = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const host = createJsonHost(stdout);
  host.print(1);
  await host.drain!();
  host.print(2);
  await host.drain!();
  expect(stdout.destroyed).toBe(true);
});
