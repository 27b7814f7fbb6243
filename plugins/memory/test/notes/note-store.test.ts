import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, appendFileSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import * as fc from '../../../../test/support/fast-check.ts';
import { NoteStore, type NewNote } from '../../src/notes/note-store.ts';
import { testShell } from '../harness.ts';

const { signal } = new AbortController();
const script = new URL('../fixtures/take-notes.ts', import.meta.url).pathname;

function noteFor(root: string, words: string): NewNote {
  return { target: { path: join(root, 'AGENTS.md'), root }, text: words, section: 'Remember', project: root };
}

function spawnNotes(state: string, file: string, name: string, times: number) {
  const args = ['--conditions=development', script, state, file, name, String(times)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

function notesIn(document: string): string[] {
  return document.split('\n').filter((line) => line.startsWith('- '));
}

test('a hundred notes at once, from ten processes and from this one, are all there', async () => {
  const { root, state } = await testShell();
  const file = join(root, 'AGENTS.md');
  await writeFile(file, '# Project\n\n## Remember\n\n## After\n');
  const children = Array.from({ length: 10 }, (_, index) => spawnNotes(state, file, `p${index}`, 8));
  const exits = children.map((child) => once(child, 'exit'));
  const store = new NoteStore(state);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.add(noteFor(root, `own-${index}`), signal)),
  );
  for (const exit of exits) expect(await exit).toEqual([0, null]);

  const after = await readFile(file, 'utf8');
  expect(notesIn(after)).toHaveLength(100);
  expect(new Set(notesIn(after)).size).toBe(100);
  expect(after.startsWith('# Project\n\n## Remember\n\n- ')).toBe(true);
  expect(after.endsWith('\n\n## After\n')).toBe(true);
  await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md']);
});

test('of processes that are killed in the middle, no note that was told is lost, and nothing is left behind', async () => {
  const { root, state } = await testShell();
  const file = join(root, 'AGENTS.md');
  const before = `# Project\n${'\nSome text that takes a while to be written.\n'.repeat(5_000)}`;
  await writeFile(file, before);
  const children = Array.from({ length: 8 }, (_, index) => {
    const child = spawnNotes(state, file, `p${index}`, 5);
    const told = text(child.stdout);
    let lines = 0;
    const killed = index % 2 === 0;
    // In the midst of its next note.
    child.stdout.on('data', () => killed && ++lines > index / 4 && setImmediate(() => child.kill('SIGKILL')));
    return { killed, exit: once(child, 'exit'), told };
  });
  const told: string[] = [];
  for (const child of children) {
    const [code] = await child.exit;
    expect(code).toBe(child.killed ? null : 0);
    told.push(...(await child.told).split('\n').filter(Boolean));
  }
  await new NoteStore(state).add(noteFor(root, 'the last'), signal);

  const after = await readFile(file, 'utf8');
  expect(after.startsWith(`${before}\n## Remember\n\n- `)).toBe(true);
  expect(notesIn(after)).toEqual(expect.arrayContaining([...told, 'the last'].map((note) => `- ${note}`)));
  expect(new Set(notesIn(after)).size).toBe(notesIn(after).length);
  await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md']);
});

test('what somebody else writes while a note is written stays', async () => {
  const { root, state } = await testShell();
  const file = join(root, 'AGENTS.md');
  await writeFile(file, 'mine\n'.repeat(100_000));
  let changes = 0;
  const change = (): void => {
    if (changes === 3) return;
    if (readdirSync(root).some((name) => name.endsWith('.tmp')))
      appendFileSync(file, `change ${++changes}\n`);
    setImmediate(change);
  };
  setImmediate(change);
  await new NoteStore(state).add(noteFor(root, 'note'), signal);
  expect(changes).toBe(3);
  expect(
    (await readFile(file, 'utf8')).endsWith('mine\nchange 1\nchange 2\nchange 3\n\n## Remember\n\n- note\n'),
  ).toBe(true);
});

test('of any bytes, each is where it was, and all are again after undo', async () => {
  const { root, state } = await testShell();
  const file = join(root, 'AGENTS.md');
  const store = new NoteStore(state);
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }).map((bytes) => bytes.filter((byte) => byte !== 0)),
    fc
      .constantFrom('\n', '\r\n', '## Remember\n', '## B\n', '- a\n', '```\n', '\uFEFF', 'ä')
      .map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const before = Buffer.concat(pieces);
      await writeFile(file, before);
      await store.add(noteFor(root, 'naïve'), signal);
      const after = await readFile(file);
      const added = after.length - before.length;
      const at = before.findIndex((byte, index) => byte !== after[index]);
      const kept = at < 0 ? before.length : at;
      expect(after.subarray(kept + added)).toEqual(before.subarray(kept));
      expect(after.includes('- naïve')).toBe(true);
      await store.undo(root, signal);
      expect(await readFile(file)).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

test('a wait that is aborted ends with the reason', async () => {
  const { root, state } = await testShell();
  const reason = new Error('interrupted');
  await expect(new NoteStore(state).add(noteFor(root, 'note'), AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});
