import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../packages/server/test/fixtures/folder.ts';

test('a picture is drawn of a session of the built command', async () => {
  using folder = temporaryFolder();
  const script = join(import.meta.dirname, 'pictures.ts');
  await promisify(execFile)(process.execPath, ['--conditions=development', script, 'prompt'], {
    env: { ...process.env, PICTURES: folder.path },
  });
  expect(await readdir(folder.path)).toEqual(['prompt.svg']);
  const picture = await readFile(join(folder.path, 'prompt.svg'), 'utf8');
  for (const text of [
    '!npm test',
    '42 tests passed',
    '# always use pnpm',
    'AGENTS.md',
    'submitted',
    'teleport',
  ])
    expect(picture).toContain(text);
  expect(picture).not.toContain(folder.path);
});
