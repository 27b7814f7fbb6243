import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import type { Ask } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const interrupted = new PrefishError('PREFISH_INTERRUPTED', 'The question was not answered');

/** A shell with a tap that asks before it is left. */
function asking(confirm: Ask['confirm']): ReturnType<typeof startShell> {
  const asks = plugin('asks', (shell) => {
    shell.hooks.leave.tapPromise('ask', async ({ ask }) => void (await ask.confirm('Leave?')));
  });
  return startShell([asks], { host: { ask: { confirm } as Ask }, hookDeadlineMs: 30 });
}

test('without anybody to ask, the shell may be left', async () => {
  await using t = await startShell([]);
  expect(await t.shell.leave()).toBe(true);
});

test('an answer lets the person leave, however long it takes', async () => {
  await using t = await asking(() => new Promise((resolve) => setTimeout(resolve, 90, false)));
  expect(await t.shell.leave()).toBe(true);
  expect(t.events).toEqual([]);
});

test('a question that is not answered keeps them', async () => {
  await using t = await asking(() => Promise.reject(interrupted));
  expect(await t.shell.leave()).toBe(false);
});

test('a tap that fails is named, and keeps nobody', async () => {
  await using t = await asking(() => Promise.reject(new Error('broken')));
  expect(await t.shell.leave()).toBe(true);
  expect(t.events).toMatchObject([{ type: 'warning', plugin: 'asks', code: 'PREFISH_HOOK_FAILED' }]);
});
