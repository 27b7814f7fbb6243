import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testShell } from '../src/index.ts';
import { plugin } from './support/plugin.ts';

const watcher = plugin((shell) => {
  let polls = 0;
  const timer = setInterval(() => shell.notify(`poll ${++polls}`), 60_000);
  shell.prefix({
    id: 'later',
    token: '@',
    summary: 'Say when an hour has passed',
    async run(_body, { out, signal }) {
      await delay(3_600_000, undefined, { signal });
      out.line(new Date().toISOString());
      return { type: 'ok' };
    },
  });
  return () => clearInterval(timer);
});

test('an hour passes when the test says so, and files are read meanwhile', async () => {
  await using t = await testShell({ plugins: [watcher], clock: new Date('2026-01-01T00:00:00Z') });
  const line = t.submit('@');
  await t.clock.tick(59 * 60_000);
  await expect(readFile(import.meta.filename, 'utf8')).resolves.toContain('an hour passes');
  expect(t.events).toEqual([]);
  await t.clock.tick(60_000);
  expect((await line).stdout).toContain('\n2026-01-01T01:00:00.000Z\n');
  expect(t.notices).toHaveLength(60);
  expect(t.clock.now).toBe(Date.parse('2026-01-01T01:00:00Z'));
});

test('is taken away with the shell, and there is one at a time', async () => {
  const { setTimeout: real } = globalThis;
  const t = await testShell({ plugins: [], clock: true });
  expect(globalThis.setTimeout).not.toBe(real);
  await expect(testShell({ plugins: [], clock: true })).rejects.toThrow('fake clock');
  expect(globalThis.setTimeout).not.toBe(real);
  await t.close();
  expect(globalThis.setTimeout).toBe(real);
  await delay(1);
  await using without = await testShell({ plugins: [] });
  expect(() => without.clock).toThrow('testShell({ clock: true })');
});
