import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openHistoryFile } from '../../src/editor/history-file.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'prefish-history-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return join(path, 'state');
}

const lines = (store: { entries(): readonly { line: string }[] }): string[] =>
  store.entries().map(({ line }) => line);

test('lines are there in the next session, and say whether they are of this project', async () => {
  const state = await folder();
  const here = openHistoryFile({ folder: state, project: '/one' });
  here.append('!ls\n# two rows "日"');
  openHistoryFile({ folder: state, project: '/two' }).append('elsewhere');
  expect(openHistoryFile({ folder: state, project: '/one' }).entries()).toEqual([
    { line: '!ls\n# two rows "日"', here: true },
    { line: 'elsewhere', here: false },
  ]);
  expect(lines(here)).toHaveLength(2);
});

test('nobody else may read it', async () => {
  const state = await folder();
  openHistoryFile({ folder: state, project: '/' }).append('secret');
  expect((await stat(join(state, 'history.jsonl'))).mode & 0o777).toBe(0o600);
  expect((await stat(state)).mode & 0o777).toBe(0o700);
});

test('what a crash has left there spoils no other line', async () => {
  const state = await folder();
  const store = openHistoryFile({ folder: state, project: '/' });
  store.append('one');
  await appendFile(join(state, 'history.jsonl'), '{"line":"cut o');
  store.append('two');
  await appendFile(join(state, 'history.jsonl'), '[1]\nnull\n{"line":3}\n');
  expect(lines(store)).toEqual(['one', 'two']);
  expect(lines(openHistoryFile({ folder: state, project: '/' }))).toEqual(['one', 'two']);
});

test('a file that can not be written is said, and the lines of before are there', async () => {
  const state = await folder();
  openHistoryFile({ folder: state, project: '/' }).append('before');
  await rm(join(state, 'history.jsonl.lock'), { force: true });
  const failures: Error[] = [];
  const blocked = join(state, 'history.jsonl', 'below');
  openHistoryFile({ folder: blocked, project: '/', failed: (error) => failures.push(error) }).append('lost');
  expect(failures).toHaveLength(1);
  expect(lines(openHistoryFile({ folder: blocked, project: '/' }))).toEqual([]);
});

test('shells that write at once lose nothing while the file is replaced', { timeout: 60_000 }, async () => {
  const state = await folder();
  const writer = fileURLToPath(new URL('../fixtures/history-writer.ts', import.meta.url));
  const [shells, each] = [4, 200];
  const filler = 'x'.repeat(1000);
  const ended = Array.from({ length: shells }, (_, shell) => {
    const program = [
      '--conditions=development',
      '--no-warnings',
      writer,
      state,
      String(shell),
      String(each),
      filler,
    ];
    const child = spawn(process.execPath, program, { stdio: 'inherit' });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(ended)).toEqual(Array(shells).fill(0));
  expect((await readdir(state)).sort()).toEqual(['history.1.jsonl', 'history.jsonl', 'history.jsonl.lock']);
  const found = lines(openHistoryFile({ folder: state, project: '/' }));
  expect(found).toHaveLength(shells * each);
  expect(new Set(found).size).toBe(shells * each);
});

test('it is bounded', async () => {
  const state = await folder();
  const store = openHistoryFile({ folder: state, project: '/' });
  store.append('old');
  const record = `${JSON.stringify({ line: 'y'.repeat(1000), project: '/' })}\n`;
  for (const name of ['new', 'newer']) {
    await writeFile(join(state, 'history.jsonl'), record.repeat(600), { flag: 'a' });
    store.append(name);
    await expect.poll(() => readFile(join(state, 'history.jsonl'), 'utf8').catch(() => '')).toBe('');
  }
  expect(lines(store)).toContain('newer');
  expect(lines(store)).not.toContain('old');
});
