import { expect, test } from 'vitest';
import { Session } from './support/session.ts';

const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

async function opened(): Promise<Session> {
  const session = new Session('prompt.ts');
  await session.shows(['>']);
  return session;
}

test('a line that lacks its end goes on in a new row, with the keys that came meanwhile', async () => {
  await using session = await opened();
  session.type('+say "one\r');
  await session.shows(['> +say "one', '·']);
  session.type('two\rthree" done\r!next\r');
  await session.shows([
    '> +say "one',
    '  two',
    '  three" done',
    'took say "one',
    'two',
    'three" done',
    '> !next',
    'said next',
    '>',
  ]);
  session.type('\x1b[A\x1b[A');
  await session.until(
    () => session.lines.slice(-3).join('\n') === '> +say "one\n· two\n· three" done',
    () => 'all of it in the history',
  );
});

test('Enter ends the whole text wherever the cursor stands, and the new row is behind it', async () => {
  await using session = await opened();
  session.type('+a "b c\x1bb\r');
  await session.shows(['> +a "b c', '·']);
  session.type('d"\x1b[A\r');
  await session.shows(['> +a "b c', '  d"', 'took a "b c', 'd"', '>']);
});

test('Ctrl+C drops a line that goes on', async () => {
  await using session = await opened();
  session.type('+say "one\r');
  await session.until(
    () => session.label === '+ offer · goes on · Alt+Enter runs it · Ctrl+C drops it',
    () => 'how the line can be dropped',
  );
  session.type('\x03');
  await session.shows(['>']);
  session.type('!on\r');
  await session.shows(['> !on', 'said on', '>']);
});

test('Alt+Enter runs a line that goes on as it is, and adds a row to any other', async () => {
  await using session = await opened();
  session.type('+say "one\r\x1b\r');
  await session.shows(['> +say "one', 'took say "one', '>']);
  session.type('+a\x1b\rb\r');
  await session.showsLine(/^took a$/);
  await session.showsLine(/^b$/);
});

test('a line goes on while another one runs, and is queued when it is whole', async () => {
  await using session = await opened();
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type('+say "one\r');
  await session.showsLine(/^·$/);
  session.type('two"\r');
  await session.showsLine(/^queued: \+say "one⏎two"$/);
  session.type('\x1b');
  await session.showsLine(/^two"$/);
});

test('lines that are pasted at once and each begin with a token are lines of their own, asked about once', async () => {
  await using session = await opened();
  session.type(`${paste('!one\n\n+two "\nof" it\n!three\n')}`);
  await session.shows(['> !one', '·', '· +two "', '· of" it', '· !three']);
  session.type('\r');
  await session.showsLine(/^\? All 3 \(y\/N\)$/);
  session.type('y');
  await session.shows([
    '> !one',
    '? All 3 yes',
    'said one',
    '> +two "',
    '  of" it',
    'took pasted two "',
    'of" it',
    '> !three',
    'said three',
    '>',
  ]);
});

test('a paste that is refused runs nothing, and is there again with ↑', async () => {
  await using session = await opened();
  session.type(`${paste('!one\n!two')}\r`);
  await session.showsLine(/^\? All 2 \(y\/N\)$/);
  session.type('n');
  await session.showsLine(/not these/);
  session.type('!on\r');
  await session.showsLine(/^said on$/);
  expect(session.lines.join('\n')).not.toMatch(/said (?:one|two)/);
  session.type('\x1b[A\x1b[A');
  await session.until(
    () => session.lines.slice(-2).join('\n') === '> !one\n· !two',
    () => 'the paste',
  );
});

test('a text of which one row begins with no token is one line', async () => {
  await using session = await opened();
  session.type(`${paste('!one\ntwo\n!three')}\r`);
  await session.shows(['> !one', '  two', '  !three', 'said one', 'two', '!three', '>']);
});

test('a second space behind the token keeps a line out of the history', async () => {
  await using session = await opened();
  session.type('!  secret\r');
  await session.showsLine(/^said {2}secret$/);
  session.type('! shown\r');
  await session.showsLine(/^said shown$/);
  session.type('!  more\r');
  await session.showsLine(/^said {2}more$/);
  session.type('\x1b[A');
  await session.until(
    () => session.lines.at(-1) === '> ! shown',
    () => '! shown',
  );
  session.type('\x1b[A');
  session.type('\x05!');
  await session.until(
    () => session.lines.at(-1) === '> ! shown!',
    () => 'nothing before it',
  );
});

test('rows that are pasted behind a typed line, and lines of their own, are pasted lines', async () => {
  await using session = await opened();
  session.type(`!one${paste('\n!two')}\r`);
  await session.showsLine(/^\? All 2 \(y\/N\)$/);
  session.type('n');
  await session.showsLine(/not these/);
  expect(session.lines.join('\n')).not.toContain('said');
});

test('a pasted line is one also when its token was typed anew', async () => {
  await using session = await opened();
  session.type(`${paste('+one')}\x01\x1b[3~+\r`);
  await session.showsLine(/^took pasted one$/);
});

test('of lines that are pasted together, the private ones are not kept', async () => {
  await using session = await opened();
  session.type(`${paste('!one\n!  secret\n!two')}\r`);
  await session.showsLine(/^\? All 3 \(y\/N\)$/);
  session.type('y');
  await session.showsLine(/^said two$/);
  session.type('\x1b[A');
  await session.until(
    () => session.lines.slice(-2).join('\n') === '> !one\n· !two',
    () => 'the others',
  );
});

test('what is pasted runs as many lines as are asked about, however many they are', async () => {
  await using session = await opened();
  session.type(`${paste(Array.from({ length: 300 }, (_, index) => `!row ${index}`).join('\n'))}\r`);
  await session.showsLine(/^\? All 300 \(y\/N\)$/);
  session.type('y');
  await session.showsLine(/^said row 299$/);
});

test('a pasted line that was taken back is not asked about with the others', async () => {
  await using session = await opened();
  session.type('%\r');
  await session.showsLine(/Esc stops/);
  session.type(`${paste('!one\n!two\n!three')}\r`);
  await session.showsLine(/^queued: !three$/);
  session.type('\x1b[A');
  await session.showsLine(/^> !three$/);
  session.type('\x15\x1b');
  await session.showsLine(/^\? All 2 \(y\/N\)$/);
});

test('Enter waits for all rows together no longer than for one', async () => {
  await using session = await opened();
  const rows = Array.from({ length: 400 }, (_, index) => `+"row ${index}"`);
  session.type(paste(rows.join('\n')));
  await session.showsLine(/^· \+"row 399"$/);
  const before = Date.now();
  session.type('\r');
  await session.showsLine(/^\? All 400 \(y\/N\)$/);
  // 50 ms for each of them are 20 s.
  expect(Date.now() - before).toBeLessThan(10_000);
});
