import { testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import plugin from '../src/index.ts';

// `prefish plugins add` shows these before any code of the plugin runs.
test('package.json declares the prefixes that there are', async () => {
  await using shell = await testShell({ plugins: [plugin()] });
  const registered = shell.shell.prefixes.map(({ id, token, summary }) => ({ id, token, summary }));
  expect(manifest.prefishPlugin.prefixes).toEqual(registered);
});
