import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Session } from './support/session.ts';

const [up, left, right, end] = ['\x1b[A', '\x1b[D', '\x1b[C', '\x1b[F'];

async function opened(folder: string, args: readonly string[] = []): Promise<Session> {
  const session = new Session('prompt.ts', args, { HISTORY_FOLDER: folder });
  await session.showsLine(/^[>❯]$/);
  return session;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-history-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const last = (session: Session, line: string): Promise<void> =>
  session.until(
    () => session.lines.at(-1) === line,
    () => `${line} at the end`,
  );

test('three lines for whoever is new; then what was typed is there in the next session', async () => {
  const folder = await temporaryFolder();
  {
    await using session = await opened(folder);
    await session.showsLine(/^A line goes where its first character says:$/);
    await session.until(
      () => session.lines.indexOf('>') === 3,
      () => 'a prompt below three lines',
    );
    session.type('!one\r!\rsticky\r');
    await session.showsLine(/^said sticky$/);
    await last(session, 'lines go to ! · Esc leaves');
    session.type('\x1b');
    await last(session, '>');
    session.type(' !secret\r!one\r\x04');
    await session.exited;
  }
  await using session = await opened(folder);
  session.type('!late\r');
  await session.showsLine(/^said late$/);
  expect(session.lines.join('\n')).not.toContain('first character');
  for (const line of ['!late', '!one', '! sticky', '! sticky']) {
    session.type(up);
    await last(session, `> ${line}`);
  }
});

test('shells that are open see the lines of each other behind their own', async () => {
  const folder = await temporaryFolder();
  await using one = await opened(folder);
  await using two = await opened(folder);
  one.type('!from one\r');
  await one.showsLine(/^said from one$/);
  two.type('!from two\r');
  await two.showsLine(/^said from two$/);
  two.type(up);
  await last(two, '> !from two');
  two.type(up);
  await last(two, '> !from one');
});

test('Ctrl+R: what is typed narrows the list, Enter takes a line, Esc goes back', async () => {
  await using session = await opened(await temporaryFolder());
  session.type('!npm test\r!npm run build\r!git status\r');
  await session.showsLine(/^said git status$/);
  session.type('draft\x12');
  await session.showsLine(/^history: draft$/);
  session.type('\x15npm');
  await session.until(
    () => session.lines.slice(-3).join() === 'history: npm,> !npm run build,  !npm test',
    () => 'two lines',
  );
  session.type('\x1b');
  await last(session, '> draft');
  session.type('\x15\x12npm te');
  await last(session, '> !npm test');
  session.type('\r');
  await last(session, '> !npm test');
  session.type('\r');
  await session.showsLine(/^said npm test$/);
});

test('a dim suggestion goes on from what is typed, and is taken with →, End, or word by word', async () => {
  await using session = await opened(await temporaryFolder(), ['--color']);
  session.type('!npm run build\r');
  await session.showsLine(/^said npm run build$/);
  session.type('!np');
  await last(session, '> !npm run build');
  session.type('x');
  await last(session, '> !npx');
  session.type('\x7f');
  await last(session, '> !npm run build');
  session.type(`${left}${right}`);
  session.type('\x1bf\x1bf!');
  await last(session, '> !npm run!');
  session.type('\x7f');
  await last(session, '> !npm run build');
  session.type(end);
  session.type('!\r');
  await session.showsLine(/^said npm run build!$/);
});

test('who will take the line is said as soon as its first character is there', async () => {
  await using session = await opened(await temporaryFolder(), ['--color']);
  await session.showsLine(/^A line goes/);
  expect(session.label).toBe(undefined);
  session.type('!');
  await session.until(
    () => session.label === '! echo',
    () => '! echo',
  );
  session.type('\x7f/');
  await session.until(
    () => session.label === undefined,
    () => 'no label',
  );
});

test('Tab takes a word of the suggestion where nothing is offered, and completes where something is', async () => {
  await using session = await opened(await temporaryFolder(), ['--color']);
  session.type('!npm run build\r');
  await session.showsLine(/^said npm run build$/);
  session.type('+x #house later\r');
  await session.showsLine(/^took x #house later$/);
  const typed = (text: string): Promise<void> =>
    session.until(
      () => session.bytes.includes(`${text}\x1b[2m`),
      () => `${text}, and what is suggested behind it`,
    );
  session.type('!np\t');
  await typed('!npm');
  session.type('\t');
  await typed('!npm run');
  session.type('\x15+x #h');
  await last(session, '> +x #house later');
  session.type('\t');
  await session.showsLine(/^ {2}#home /);
  session.type('\x1b');
  await last(session, '> +x #house later');
  session.type('!');
  await last(session, '> +x #ho!');
});
