import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hiddenKey } from '../../src/sandbox/hidden-key.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

test('a key is hidden where links to it lead, and with the folders that hold nothing else', () => {
  using folder = temporaryFolder();
  const etc = join(realpathSync(folder.path), 'etc');
  for (const name of ['ssl', 'live', 'archive']) mkdirSync(join(etc, name), { recursive: true });
  const at = (...names: string[]): string => join(etc, ...names);
  for (const path of [at('ssl', 'key.pem'), at('archive', 'key1.pem'), join(folder.path, 'key.pem')]) {
    writeFileSync(path, 'key');
  }
  symlinkSync('../archive/key1.pem', at('live', 'key.pem'));

  expect(hiddenKey(at('live', 'key.pem'), etc)).toEqual([
    at('live'),
    at('archive'),
    at('archive', 'key1.pem'),
  ]);
  expect(hiddenKey(at('ssl', 'key.pem'), etc)).toEqual([at('ssl', 'key.pem')]);
  expect(hiddenKey(join(folder.path, 'key.pem'), etc)).toEqual([join(folder.path, 'key.pem')]);
  expect(hiddenKey(at('none.pem'), etc)).toEqual([]);
});
