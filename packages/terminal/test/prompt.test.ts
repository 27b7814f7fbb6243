import { describe, expect, test } from 'vitest';
import { Session } from './support/session.ts';

test('a line in, its output above the next prompt, Ctrl+D leaves', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!hi\r');
  await session.shows(['> !hi', 'said hi', '>']);
  session.type('\x04');
  expect(await session.exited).toBe(0);
  await session.showsLine(/^left$/);
});

test('the prompt is there before the shell, and a line waits for it', async () => {
  await using session = new Session('prompt.ts', ['--slow']);
  await session.shows(['>']);
  session.type('!early\r');
  await session.shows(['> !early', 'said early', '>']);
});

test('keys typed while a line runs belong to the next lines', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('%\r');
  await session.showsLine(/^waiting$/);
  session.type('\x03');
  await session.shows(['> %', 'waiting', 'stopped', '>']);
  session.type('!slow\r!fast\r!unfinished');
  await session.shows([
    '> %',
    'waiting',
    'stopped',
    '> !slow',
    'said slow',
    '> !fast',
    'said fast',
    '> !unfinished',
  ]);
});

test('Esc ends the line that runs, and keeps those that were typed ahead', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('%\r');
  await session.showsLine(/^waiting$/);
  session.type('!next\r');
  session.type('\x1b');
  await session.shows(['> %', 'waiting', 'stopped', '> !next', 'said next', '>']);
});

test('Ctrl+C drops the edited line, and says how to leave when there is none', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!never');
  await session.shows(['> !never']);
  session.type('\x03');
  await session.shows(['>']);
  session.type('\x03');
  await session.shows(['Ctrl+D leaves prefish.', '>']);
});

test('Ctrl+C goes back to the newest line, and what it dropped is the first that ↑ finds', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!one\r!two\r!three\r');
  await session.showsLine(/^said three$/);
  const last = (line: string): Promise<void> =>
    session.until(
      () => session.lines.at(-1) === line,
      () => line,
    );
  session.type('\x1b[A\x1b[A');
  await last('> !two');
  session.type('\x03');
  await last('>');
  session.type('\x1b[A\x1b[A');
  await last('> !three');
  session.type('\x03!half\x0a\x03');
  await last('>');
  session.type('\x1b[A');
  await last('·');
}, 15_000);

test('a line feed begins a row, also where it comes together with text', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!');
  await session.shows(['> !']);
  session.type('one\ntwo');
  await session.shows(['> !one', '· two']);
  session.type('\r');
  await session.shows(['> !one', '  two', 'said one', 'two', '>']);
});

test('the prompt says the folder where it is not the one that it began in', async () => {
  await using session = new Session('prompt.ts', [], {}, 40);
  await session.shows(['>']);
  session.type('$packages\r');
  await session.showsLine(/^packages >$/);
  session.type('!hi\r');
  await session.showsLine(/^packages > !hi$/);
  session.type('!\r');
  await session.showsLine(/^packages ! ❯$/);
  session.type('\x1b');
  await session.showsLine(/^packages >$/);
  session.type('$terminal/test/present/markdown\r');
  await session.showsLine(/^…\/markdown >$/);
});

test('where nothing is drawn twice, the folder is said once', async () => {
  await using session = new Session('prompt.ts', [], { TERM: 'dumb' });
  await session.shows(['>']);
  session.type('$packages\r');
  await session.shows(['> $packages', 'in packages', '>']);
  session.type('!hi\r');
  await session.shows(['> $packages', 'in packages', '> !hi', 'said hi', '>']);
  session.type('$..\r');
  await session.shows([
    '> $packages',
    'in packages',
    '> !hi',
    'said hi',
    '> $..',
    'back where prefish was started',
    '>',
  ]);
});

test('news appears above the edited line, never in it', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('@200\r!edi');
  await session.shows(['> @200', 'news', '> !edi']);
  session.type('ted\r');
  await session.shows(['> @200', 'news', '> !edited', 'said edited', '>']);
});

test('how things are beside the lines is said above the edited line, and changes in place', async () => {
  await using session = new Session('prompt.ts', [], {}, 40);
  await session.shows(['>']);
  session.type('{a sending 10%\r!edi');
  await session.shows(['> {a sending 10%', 'sending 10%', '> !edi']);
  session.type('\x15{a sending 20%, and a good deal more\r');
  await session.showsLine(/^sending 20%, and a good deal more$/);
  session.type('{b two\r{c three\r');
  await session.showsLine(/^two · and 1 more$/);
  session.type('{a\r{b\r{c\r');
  await session.until(
    () => session.lines.slice(-2).join('\n') === '> {c\n>',
    () => 'nothing of it to be left',
  );
}, 15_000);

test('output without a line break at its end is not overwritten', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('~no newline\r');
  await session.shows(['> ~no newline', 'no newline', '>']);
});

test('editing: history, words, kill and yank, wide characters', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!one\r');
  await session.showsLine(/^said one$/);
  session.type('draft\x1b[A');
  await session.showsLine(/^> !one$/);
  session.type('\x1b[B');
  await session.showsLine(/^> draft$/);
  session.type('\x15!日本 two three\x17\x17four\x01\x06\x1b[3~\x05 five\x17\x19\x19\x1bb\x7f \r');
  await session.showsLine(/^said 本 four fivefive$/);
});

test('a line longer than the screen, and a resize', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type(`!${'x'.repeat(100)}`);
  await session.shows([`> !${'x'.repeat(77)}`, 'x'.repeat(23)]);
  session.resize(60, 20);
  await session.shows([`> !${'x'.repeat(57)}`, 'x'.repeat(43)]);
  session.type('\x01\x1b[Cy');
  await session.shows([`> !y${'x'.repeat(56)}`, 'x'.repeat(44)]);
});

test('a paste of several lines is one line to edit', async () => {
  await using session = new Session('prompt.ts');
  await session.until(
    () => session.bytes.includes('\x1b[?2004h'),
    () => 'bracketed paste',
  );
  session.type('\x1b[200~!pasted\x1b[2J\n!second\n\x1b[201~');
  await session.shows(['> !pasted', '· !second']);
});

test('questions: keys, defaults, Esc', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('?\r');
  await session.shows(['> ?', '? Which', '> 1 one', '  2 two', '  3 three']);
  session.type('\x1b[B\r');
  await session.shows(['> ?', '? Which two', 'answer two', '>']);
  session.type('?sure\r');
  await session.showsLine(/^\? Really \(y\/N\)$/);
  session.type('\x1b');
  await session.showsLine(/^interrupted$/);
});

test('--yes answers with the default', async () => {
  await using session = new Session('prompt.ts', ['--yes']);
  await session.shows(['>']);
  session.type('?\r');
  await session.shows(['> ?', 'answer one', '>']);
});

test('a handler has the terminal to itself, and the prompt comes back', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('=\r');
  await session.showsLine(/^lent 80x24$/);
  session.resize(60, 20);
  await session.showsLine(/now 60x20$/);
  session.type('\x03');
  await session.showsLine(/^got "\\u0003"$/);
  await session.showsLine(/^returned$/);
  session.type('!back\r');
  await session.showsLine(/^said back$/);
  expect(session.lines.at(-1)).toBe('>');
});

test('a line feed of a program that has the terminal stays one', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('=\r');
  await session.showsLine(/^lent/);
  session.type('q');
  await session.shows(['> =', 'lent 80x24', 'got "q"', '       down', 'returned', '>']);
});

test('a handler that throws while it has the terminal gives it back', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('=throw\r');
  await session.shows([
    '> =throw',
    'lent 80x24',
    'prefish: thrown while lent',
    '  [PREFISH_DENIED · probe]',
    '>',
  ]);
  session.type('!back\r');
  await session.showsLine(/^said back$/);
});

test('the terminal is as it was when the prompt is left', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('\x04');
  await session.exited;
  expect(session.bytes.lastIndexOf('\x1b[?2004l')).toBeGreaterThan(session.bytes.lastIndexOf('\x1b[?2004h'));
  expect(session.bytes.lastIndexOf('\x1b[?25l')).toBeLessThanOrEqual(session.bytes.lastIndexOf('\x1b[?25h'));
});

test('a dumb terminal gets no escape sequences', async () => {
  await using session = new Session('prompt.ts', [], { TERM: 'dumb' });
  await session.shows(['>']);
  session.type('!hi\r');
  await session.shows(['> !hi', 'said hi', '>']);
  session.type('\x04');
  expect(await session.exited).toBe(0);
  expect(session.bytes).not.toContain('\x1b');
});

/** What stands below the line while a sticky prefix is active and nothing is typed. */
const hint = 'lines go to ! · Esc leaves';

test('the bare token of a sticky prefix keeps it, until Escape or a key that leaves an empty line', async () => {
  await using session = new Session('prompt.ts');
  await session.shows(['>']);
  session.type('!hi\r');
  await session.shows(['> !hi', 'said hi', '>']);
  session.type('!\r');
  await session.shows(['> !hi', 'said hi', '! >', hint]);
  session.type('one\r /two\r');
  await session.shows(['> !hi', 'said hi', '! > one', 'said one', '! >  /two', 'said  /two', '! >', hint]);
  session.type('\x1b');
  await session.showsLine(/^>$/);
  for (const key of ['\x7f', '\x04']) {
    session.type('!\r');
    await session.until(
      () => session.lines.at(-2) === '! >' && session.lines.at(-1) === hint,
      () => '! >',
    );
    session.type(key);
    await session.until(
      () => session.lines.at(-1) === '>',
      () => '>',
    );
  }
  session.type('\x1b[A');
  await session.until(
    () => session.lines.at(-1) === '> ! one',
    () => 'the line with its prefix; one that begins with a space is left out',
  );
  session.type('\x15!\r\x1b[A');
  await session.until(
    () => session.lines.at(-1) === '! > one',
    () => 'the line behind its prompt',
  );
  session.type('\r');
  await session.until(
    () => session.lines.at(-3) === 'said one',
    () => 'said one',
  );
});

test('a bare token typed before the shell is there keeps its prefix too', async () => {
  await using session = new Session('prompt.ts', ['--slow']);
  await session.shows(['>']);
  session.type('!\r');
  await session.until(
    () => session.lines.at(-2) === '! >' && session.lines.at(-1) === hint,
    () => '! >',
  );
});

describe('a question that comes while a line is half-written', () => {
  async function half(session: Session): Promise<void> {
    await session.shows(['>']);
    session.type('?later\r!half');
    await session.showsLine(/^\? Really$/);
    session.type(' y n');
    await session.showsLine(/^> !half y n$/);
  }

  test('takes none of its keys until Tab, and the line is there again', async () => {
    await using session = new Session('prompt.ts');
    await half(session);
    session.type('\t');
    await session.showsLine(/^\? Really \(y\/N\)$/);
    session.type('y');
    await session.showsLine(/^answer true$/);
    await session.showsLine(/^> !half y n$/);
  });

  test('Enter keeps the line for later, and the question is next', async () => {
    await using session = new Session('prompt.ts');
    await half(session);
    session.type('\r');
    await session.showsLine(/^\? Really \(y\/N\)$/);
    expect(session.lines.slice(-2)).toEqual(['queued: !half y n', '? Really (y/N)']);
    session.type('n');
    await session.showsLine(/^answer false$/);
    await session.showsLine(/^said half y n$/);
    await session.until(
      () => !session.lines.includes('queued: !half y n'),
      () => 'the line is no longer queued',
    );
  });

  test('Enter that was meant for the line answers nothing', async () => {
    await using session = new Session('prompt.ts');
    await half(session);
    session.type('\x7f'.repeat('!half y n'.length));
    session.type('\r');
    await session.showsLine(/^\? Really \(y\/N\)$/);
    session.type('y');
    await session.showsLine(/^answer true$/);
  });

  test('Esc stops what asks', async () => {
    await using session = new Session('prompt.ts');
    await half(session);
    session.type('\x1b');
    await session.showsLine(/^interrupted$/);
    await session.showsLine(/^> !half y n$/);
  });
});
