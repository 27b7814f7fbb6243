import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NoteStore } from '../src/note-store.ts';
import { testShell } from './harness.ts';

test('a hundred notes at once, from ten processes and from this one, are all there', async () => {
  const { root, state } = await testShell();
  const file = join(root, 'AGENTS.md');
  await writeFile(file, '# Project\n\n## Remember\n\n## After\n');
  const script = new URL('fixtures/take-notes.ts', import.meta.url).pathname;
  const children = Array.from({ length: 10 }, (_, index) =>
    spawn(process.execPath, ['--conditions=development', script, state, file, `p${index}`, '8'], {
      stdio: 'inherit',
    }),
  );
  const exits = children.map((child) => once(child, 'exit'));
  const store = new NoteStore(state);
  const { signal } = new AbortController();
  const own = Array.from({ length: 20 }, (_, index) =>
    store.add({ path: file, root }, `own-${index}`, signal),
  );
  await Promise.all(own);
  for (const exit of exits) expect(await exit).toEqual([0, null]);

  const lines = (await readFile(file, 'utf8')).split('\n');
  expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(100);
  expect(new Set(lines.filter((line) => line.startsWith('- '))).size).toBe(100);
  expect(lines.slice(0, 4)).toEqual(['# Project', '', '## Remember', '']);
  expect(lines.slice(-3)).toEqual(['', '## After', '']);
  await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md']);
});

test('a wait that is aborted ends with the reason', async () => {
  const { root, state } = await testShell();
  const reason = new Error('interrupted');
  await expect(
    new NoteStore(state).add({ path: join(root, 'AGENTS.md'), root }, 'note', AbortSignal.abort(reason)),
  ).rejects.toBe(reason);
});
