import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';

const never = `
import { definePlugin } from '@prefish/core';
export default definePlugin({
  name: 'never', api: '^1',
  setup(shell) {
    const run = () => new Promise(() => {});
    shell.prefix({ id: 'never', token: '^', summary: 'Never ends', run });
    shell.command({ name: 'never', summary: 'Never ends', run });
  },
});`;

test('a handler that waits for what can never happen is named, and the next line runs', async () => {
  await using t = await sandboxHome();
  const plugin = join(t.home, 'never.ts');
  await writeFile(plugin, never);
  const [lines, command] = await Promise.all([
    t.prefish(['--json', '--plugin', plugin, '-c', '^x', '-c', '!echo second']),
    t.prefish(['--plugin', plugin, 'never']),
  ]);
  expect(lines.code).toBe(0);
  expect(lines.events()).toMatchObject([
    { type: 'error', code: 'PREFISH_PLUGIN_DETACHED', plugin: 'never' },
    { type: 'exit', code: 1 },
    { type: 'output', text: 'second\n' },
    { type: 'exit', code: 0 },
  ]);
  expect(command).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[PREFISH_PLUGIN_DETACHED · never]'),
  });
});
