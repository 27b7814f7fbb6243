import { expect, test } from 'vitest';
import { Session } from './support/session.ts';

const tab = '\t';
const shiftTab = '\x1b[Z';
const [up, down] = ['\x1b[A', '\x1b[B'];

async function opened(args: readonly string[] = [], columns = 80): Promise<Session> {
  const session = new Session('prompt.ts', args, {}, columns);
  await session.shows(['>']);
  return session;
}

test('Tab inserts the only offer, with a space behind a whole word at the end of the line', async () => {
  await using session = await opened();
  session.type(`/pl${tab}`);
  await session.shows(['> /plugins']);
  session.type('x');
  await session.shows(['> /plugins x']);
  session.type(`\x15+folder ${tab}`);
  await session.shows(['> +folder src/']);
  session.type('x');
  await session.shows(['> +folder src/x']);
});

test('Tab inserts what several offers have in common, and lists them', async () => {
  await using session = await opened();
  session.type(`/t${tab}`);
  await session.shows(['> /t', '  /task   About task', '  /tasks  About tasks', '  /trust  About trust']);
  session.type('a');
  await session.shows(['> /ta', '  /task   About task', '  /tasks  About tasks']);
  session.type(tab);
  await session.shows(['> /task', '  /task   About task', '  /tasks  About tasks']);
  session.type(tab);
  await session.shows(['> /task', '> /task   About task', '  /tasks  About tasks']);
  session.type('\x1b');
  await session.shows(['> /task']);
  session.type('\x15');
  await session.shows(['>']);
});

test('the menu is moved through with Tab, Shift+Tab and arrows, and taken with Enter or by typing on', async () => {
  await using session = await opened();
  session.type(`+x #h${tab}`);
  await session.showsLine(/^> \+x #ho$/);
  session.type(tab + tab);
  await session.showsLine(/^> \+x #house$/);
  session.type(tab);
  await session.showsLine(/^> \+x #home$/);
  session.type(shiftTab);
  await session.showsLine(/^> \+x #house$/);
  session.type(up);
  await session.showsLine(/^> #home /);
  session.type(down);
  await session.showsLine(/^> #house /);
  session.type('\r');
  await session.shows(['> +x #house']);
  session.type(`#${tab}`);
  await session.showsLine(/^ {2}#日本 /);
  session.type(`${shiftTab}!`);
  await session.shows(['> +x #house #日本!']);
  session.type('\r');
  await session.shows(['> +x #house #日本!', 'took x #house #日本!', '>']);
});

test('Enter sends the line while nothing in the menu is selected; the menu is gone', async () => {
  await using session = await opened();
  session.type(`+x #h${tab}`);
  await session.showsLine(/^> \+x #ho$/);
  session.type('\r');
  await session.shows(['> +x #ho', 'took x #ho', '>']);
  session.type(`\t`);
  await session.showsLine(/^ {2}! /);
  session.type('\x04');
  expect(await session.exited).toBe(0);
  await session.shows(['> +x #ho', 'took x #ho', '>', 'left']);
});

test('only the word at the cursor is replaced, and nothing behind it is lost', async () => {
  await using session = await opened();
  session.type('/plain later');
  session.type(`\x01\x1b[C\x1b[C\x1b[C${tab}`);
  await session.showsLine(/^> \/pluginsain later$/);
  session.type(`\x15\x0b/plins\x1b[D\x1b[D\x1b[D${tab}`);
  await session.shows(['> /plugins']);
  session.type('x');
  await session.shows(['> /plugins x']);
});

test('Tab on an empty line lists the prefixes', async () => {
  await using session = await opened();
  session.type(tab);
  await session.until(
    () => session.lines[0] === '>' && session.lines.includes('  !  Say it'),
    () => 'the prefixes',
  );
  expect(session.lines.at(-1)).toMatch(/^  1–7 of \d+$/);
  session.type('!hi\r');
  await session.shows(['> !hi', 'said hi', '>']);
});

test('? says what becomes of any other line, until one types on', async () => {
  await using session = await opened(['--no-asking', '--agent']);
  session.type('?');
  await session.showsLine(/^ {2}anything else: Tell the agent · explain it$/);
  session.type('x');
  await session.shows(['> ?x']);
});

test('an offer that is late blocks no key, one that fails offers nothing', async () => {
  await using session = await opened();
  session.type(`+hang ${tab}`);
  await session.shows(['asked', '> +hang']);
  session.type('on');
  await session.shows(['asked', 'aborted', '> +hang on']);
  session.type('\r');
  await session.shows(['asked', 'aborted', '> +hang on', 'took hang on', '>']);
  session.type(`+throw ${tab}`);
  await session.showsLine(/no offers/);
  session.type('on\r');
  await session.showsLine(/^took throw on$/);
});

test('Tab waits for the shell', async () => {
  await using session = await opened(['--slow']);
  session.type(`/pl${tab}`);
  await session.shows(['> /plugins']);
});

test('offers cannot drive the terminal', async () => {
  await using session = await opened();
  session.type(`+hostile ${tab}`);
  await session.shows(['> +hostile ab', '  abc  d', '  abd']);
  session.type(`${tab}\r\r`);
  await session.showsLine(/^took hostile abc$/u);
  expect(session.bytes).not.toContain('owned');
});

test('more offers than rows: the menu scrolls and counts, and fits the screen after a resize', async () => {
  await using session = await opened();
  session.type(`+many ${tab}`);
  const seen = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => `  item-${from + index}`);
  await session.shows(['> +many item-', ...seen(1, 7), '  1–7 of 30']);
  session.type(shiftTab);
  await session.shows(['> +many item-30', ...seen(24, 29), '> item-30', '  24–30 of 30']);
  session.resize(40, 6);
  await session.shows(['> +many item-30', '  item-28', '  item-29', '> item-30', '  28–30 of 30']);
  session.type('\x1b');
  await session.shows(['> +many item-']);
});

test('at 40 columns details are cut, and a resize with the menu open leaves one menu', async () => {
  await using session = await opened([], 40);
  session.type(`+x #h${tab}`);
  await session.shows([
    '> +x #ho',
    '  #home   a tag with a long explanation…',
    '  #house  a tag with a long explanation…',
  ]);
  session.resize(80, 24);
  await session.shows([
    '> +x #ho',
    '  #home   a tag with a long explanation, 5 characters',
    '  #house  a tag with a long explanation, 6 characters',
  ]);
  session.resize(60, 24);
  session.type('\x1b');
  await session.shows(['> +x #ho']);
});

test('news appears above the line, the menu stays below it', async () => {
  await using session = await opened();
  session.type('@500\r');
  await session.shows(['> @500', '>']);
  session.type(`+x #h${tab}`);
  await session.until(
    () => session.lines.includes('news') && session.lines.at(-1)!.startsWith('  #house'),
    () => 'news, and the menu',
  );
  expect(session.lines.slice(0, 3)).toEqual(['> @500', 'news', '> +x #ho']);
});

test('a screen with no room for details shows none', async () => {
  await using session = await opened([], 16);
  session.type(`+x #h${tab}`);
  await session.shows(['> +x #ho', '  #home', '  #house']);
});

test('a line that was pasted stays so when an offer is chosen, and when it is not', async () => {
  await using session = await opened();
  session.type(`\x1b[200~+x #h\x1b[201~${tab}`);
  await session.showsLine(/^> \+x #ho$/);
  session.type(tab + tab);
  await session.showsLine(/^> \+x #house$/);
  session.type('\r\r');
  await session.showsLine(/^took pasted x #house$/);
  session.type(`\x1b[200~+x #h\x1b[201~${tab}`);
  await session.showsLine(/^> \+x #ho$/);
  session.type(`${tab}\x1b`);
  await session.until(
    () => session.lines.at(-1) === '> +x #ho',
    () => 'the menu closed',
  );
  session.type('\r');
  await session.showsLine(/^took pasted x #ho$/);
});

test('Esc takes ? away with its menu', async () => {
  await using session = new Session('prompt.ts', ['--no-asking']);
  await session.shows(['>']);
  session.type('?');
  await session.showsLine(/^ {2}! {2}Say it$/);
  session.type('\x1b');
  await session.shows(['>']);
});
