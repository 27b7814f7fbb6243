import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskUse } from '../src/disk-use.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('files with several names count once, and what is not there takes nothing', async () => {
  const folder = await temporaryFolder();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  for (const path of [one, two]) mkdirSync(path);
  writeFileSync(join(one, 'file'), Buffer.alloc(1024 * 1024, 1));
  linkSync(join(one, 'file'), join(two, 'link'));
  const both = await diskUse([one, two, join(folder, 'missing')]);
  expect(both).toBeGreaterThanOrEqual(1024 * 1024);
  expect(both).toBeLessThan(2 * 1024 * 1024);
  expect(await diskUse([join(folder, 'missing')])).toBe(0);
});
