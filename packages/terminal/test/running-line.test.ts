import { expect, test } from 'vitest';
import { Session } from './support/session.ts';

/** The row that says what runs: its spinner and time are left out. */
function frame(session: Session): string[] {
  return session.lines.map((line) => line.replace(/^[⠀-⣿] (.*) \d:\d\d/u, '$1'));
}

async function shows(session: Session, lines: readonly string[]): Promise<void> {
  await session.until(
    () => JSON.stringify(frame(session)) === JSON.stringify(lines),
    () => lines.join('\n'),
  );
}

test.each([40, 80, 200])('at %i columns: the prompt comes back below a line that runs', async (columns) => {
  await using session = new Session('prompt.ts', [], {}, columns);
  await session.shows(['>']);
  session.type('%\r');
  await shows(session, ['> %', 'waiting', 'working · Esc stops', '>']);
  session.type('!next\r!unfinished');
  await shows(session, ['> %', 'waiting', 'working · Esc stops', 'queued: !next', '> !unfinished']);
  session.type('\x1b');
  await session.shows(['> %', 'waiting', 'stopped', '> !next', 'said next', '> !unfinished']);
});

test('what was printed in part goes on above the frame, which says what is done', async () => {
  await using session = new Session('prompt.ts', [], {}, 40);
  await session.shows(['>']);
  session.type(`^${'word '.repeat(12)}part\r`);
  const rows = ['word '.repeat(8).trimEnd(), `${'word '.repeat(4)}part`];
  const typed = [`> ^${'word '.repeat(7)}wo`, `rd ${'word '.repeat(4)}part`];
  await shows(session, [...typed, ...rows, 'reading notes.md · Esc stops', '>']);
});

test('an unfinished line is the first row of the frame until it is whole', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('^part\r');
  await session.until(
    () => frame(session).includes('reading notes.md · Esc stops'),
    () => 'the frame',
  );
  session.type('typed');
  session.type('\x1b');
  await session.until(
    () => session.lines.slice(-4).join('\n') === 'part whole\nnext\n· reading notes.md\n> typed',
    () => 'the whole line above the prompt',
  );
});

test('↑ on an empty line takes the last queued line back', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type('!one\r!two\r');
  await session.showsLine(/^queued: !two$/);
  session.type('\x1b[A');
  await shows(session, ['> %', 'waiting', 'working · Esc stops', 'queued: !one', '> !two']);
  session.type('s\r\x1b');
  await session.shows(['> %', 'waiting', 'stopped', '> !one', 'said one', '> !twos', 'said twos', '>']);
});

test('Ctrl+C holds what is queued until Enter runs it, or Esc drops it', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  const held = 'Enter runs what is queued · ↑ edits · Esc drops it';
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type('!one\r!two\r');
  await session.showsLine(/^queued: !two$/);
  session.type('\x03');
  await session.shows(['> %', 'waiting', 'stopped', 'queued: !one', 'queued: !two', '>', held]);
  session.type('x');
  await session.showsLine(/^Enter runs this line, then what is queued$/);
  session.type('\x7f\r');
  await session.shows(['> %', 'waiting', 'stopped', '> !one', 'said one', '> !two', 'said two', '>']);
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type('!three\r\x03');
  await session.showsLine(/^queued: !three$/);
  await session.showsLine(/Esc drops it/);
  session.type('\x1b');
  await session.until(
    () => session.lines.at(-1) === '>' && session.lines.at(-2) === 'stopped',
    () => 'an empty prompt',
  );
});

test('Ctrl+D behind queued lines leaves when they have run', async () => {
  await using session = new Session('prompt.ts', ['--slow']);
  await session.shows(['>']);
  session.type('!one\r!two\r\x04');
  expect(await session.exited).toBe(0);
  await session.shows(['> !one', 'said one', '> !two', 'said two', '>', 'left']);
});

test('while somebody has the terminal there is no frame', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('=\r');
  await session.showsLine(/^lent 80x24$/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(session.lines).toEqual(['> =', 'lent 80x24']);
});
