import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readJsonLines } from '../src/json-lines.ts';

test('what is no entry is passed over: half a line, another value, one that is not accepted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-json-lines-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'entries.jsonl');
  const accept = (value: unknown): string | undefined => (value as { id: string }).id;
  expect(await readJsonLines(file, accept)).toEqual([]);
  await writeFile(file, '{"id":"a"}\n{"id":\n\nnull\n{"other":1}\n{"id":"b"}\n{"id":"c');
  expect(await readJsonLines(file, accept)).toEqual(['a', 'b']);
  await expect(readJsonLines(folder, accept)).rejects.toMatchObject({ code: 'EISDIR' });
});
