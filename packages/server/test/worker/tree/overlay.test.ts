import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStatus } from '@prefish/processes';
import { expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { findOverlay } from '../../../src/worker/tree/overlay.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

needs('overlays');

test('layers are seen until they are unmounted, and Ctrl+C at the terminal of their server is not for them', async () => {
  using folder = temporaryFolder();
  const [lower, upper, work, place] = ['lower', 'upper', 'work', 'place'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string, string];
  for (const path of [lower, upper, work, place]) mkdirSync(path);
  writeFileSync(join(lower, 'file'), 'x');
  const mount = await findOverlay(folder.path);
  const overlay = await mount!({ lower: [lower], upper, work, place });
  expect(existsSync(join(overlay.path, 'file'))).toBe(true);
  const holder = Number(/^\/proc\/(\d+)\//.exec(overlay.path)?.[1]);
  expect((await processStatus(holder))?.group).toBe(holder);
  await overlay.unmount();
  expect(existsSync(join(overlay.path, 'file'))).toBe(false);
});
