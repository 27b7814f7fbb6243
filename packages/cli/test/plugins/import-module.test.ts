import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importModule } from '../../src/plugins/import-module.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefish-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a module that waits for ever is left behind at the deadline', async () => {
  const path = join(folder, 'late.mjs');
  await writeFile(path, 'await new Promise(() => {});');
  await expect(importModule(pathToFileURL(path).href, path, 50)).rejects.toThrow(
    expect.objectContaining({
      message: 'it was not loaded within 0.05 s',
      hint: expect.stringContaining('top level'),
    }),
  );
});

test('a module that throws in time says where', async () => {
  const path = join(folder, 'throws.mjs');
  await writeFile(path, '\nthrow new Error("no luck");');
  await expect(importModule(pathToFileURL(path).href, path)).rejects.toThrow('no luck');
});
