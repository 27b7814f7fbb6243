import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Session } from './support/session.ts';

const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

async function opened(): Promise<Session> {
  const session = new Session('prompt.ts');
  await session.shows(['>']);
  return session;
}

test.each(['=', '="a line whose end is looked for"'])(
  'what is typed behind Enter is for the program that the line starts: %s',
  async (line) => {
    await using session = await opened();
    session.type(`${line}\rsecret\r`);
    await session.showsLine(/^got "secret\\r"$/);
    session.type('q');
    await session.showsLine(/^returned$/);
    await session.until(
      () => session.lines.at(-1) === '>',
      () => 'nothing of it in the line',
    );
  },
);

test('what is typed behind Enter is for the next line, where the line starts no program', async () => {
  await using session = await opened();
  session.type('%\r!next');
  await session.showsLine(/^> !next$/);
  session.type('\r\x1b');
  await session.showsLine(/^said next$/);
});

test('Ctrl+C does not wait for what Enter ends, and drops what came behind it', async () => {
  await using session = new Session('prompt.ts', ['--slow']);
  await session.shows(['>']);
  session.type('!one\r!two\r\x03');
  await session.shows(['>']);
  session.type('!three\r');
  await session.shows(['> !three', 'said three', '>']);
});

test('what a program did not read is typed: Enter alone is nothing, and a line feed is Enter', async () => {
  await using session = await opened();
  session.type('=\r');
  await session.showsLine(/^lent/);
  session.type('q\n');
  await session.until(
    () => session.lines.slice(-2).join('\n') === 'returned\n>',
    () => 'an empty line',
  );
  session.type('=\r');
  await session.until(
    () => session.lines.filter((line) => line.startsWith('lent')).length === 2,
    () => 'lent again',
  );
  session.type('q\n!one\n!two');
  await session.until(
    () => session.lines.slice(-3).join('\n') === '> !one\nsaid one\n> !two',
    () => 'one line run, and one typed',
  );
});

test('what a program did not read is not given to the next one that waits', async () => {
  await using session = await opened();
  session.type('=\r');
  await session.showsLine(/^lent/);
  session.type('q=\rtyped\r');
  await session.until(
    () => session.lines.filter((line) => line.startsWith('lent')).length === 2,
    () => 'lent again',
  );
  session.type('q');
  await session.showsLine(/got "q"/);
  expect(session.bytes).not.toMatch(/got "typed/);
});

test('Ctrl+C in a program holds the lines that wait', async () => {
  await using session = await opened();
  session.type(paste('=\n!one\n!two'));
  await session.showsLine(/^· !two$/);
  session.type('\r');
  await session.showsLine(/^\? All 3/);
  session.type('y');
  await session.showsLine(/^lent/);
  session.type('\x03');
  await session.showsLine(/^Enter runs what is queued · ↑ edits · Esc drops it$/);
  expect(session.lines.join('\n')).not.toContain('said');
  session.type('\r');
  await session.showsLine(/^said two$/);
});

test('until the shell is there, Enter waits for what a line is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prefish-typed-ahead-'));
  try {
    await using session = new Session('prompt.ts', ['--slow'], { HISTORY_FOLDER: folder });
    await session.shows(['>']);
    session.type('!  secret\r+say "one\rtwo"\r');
    await session.showsLine(/^two"$/);
    await session.showsLine(/^took say "one$/);
    session.type('\x04');
    expect(await session.exited).toBe(0);
    const history = readFileSync(join(folder, 'history.jsonl'), 'utf8');
    expect(history).toContain('say');
    expect(history).not.toContain('secret');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a line that is finished behind Ctrl+D takes it back', async () => {
  await using session = await opened();
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type('\x04');
  await session.showsLine(/^then prefish is left/);
  session.type('!on\r\x1b');
  await session.showsLine(/^said on$/);
  await session.until(
    () => session.lines.at(-1) === '>',
    () => 'the prompt',
  );
});

test('where nothing is drawn twice, Ctrl+D in a line that lacks its end says that it did not run', async () => {
  await using session = new Session('prompt.ts', [], { TERM: 'dumb' });
  await session.shows(['>']);
  session.type('+say "one\n');
  await session.showsLine(/^\.\.\.$/);
  session.type('\x04');
  expect(await session.exited).toBe(0);
  await session.showsLine(/^not run: the end of the line is missing$/);
});

test('where nothing is drawn twice, Ctrl+C drops a line whose end is looked for', async () => {
  await using session = new Session('prompt.ts', ['--slow'], { TERM: 'dumb' });
  await session.shows(['>']);
  session.type('!one\n');
  await session.showsLine(/^> !one$/);
  session.type('\x03');
  await session.until(
    () => session.lines.length > 1 && session.lines.at(-1) === '>',
    () => 'a new prompt',
  );
  session.type('!two\n');
  await session.showsLine(/^said two$/);
  expect(session.bytes).not.toContain('said one');
});
