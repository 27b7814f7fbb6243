import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Session } from '../support/session.ts';

const [up, down, enter, escape, interrupt, endOfInput] = ['\x1b[A', '\x1b[B', '\r', '\x1b', '\x03', '\x04'];

function ask(kind: string, env: Record<string, string> = {}, columns = 80): Session {
  return new Session('questions.ts', [kind], { LANG: 'C.UTF-8', ...env }, columns);
}

describe('select', () => {
  test.each([
    ['the arrows and Enter', [down, down, up, enter], 'two'],
    ['j and k', ['j', 'j', 'k', enter], 'two'],
    ['its number', ['3'], 'three'],
    ['its number and Enter', ['3', enter], 'three'],
    ['what it begins with', ['t', 'H', enter], 'three'],
    ['the arrows after a letter', ['t', down, enter], 'three'],
    ['Enter alone takes the first', [enter], 'one'],
  ])('%s', async (_name, pressed, answer) => {
    await using session = ask('select');
    await session.shows(['? Which', '> 1 one', '  2 two', '  3 three']);
    for (const key of pressed) session.type(key);
    await session.showsLine(new RegExp(`^answer "${answer}`));
    expect(session.lines[0]).toBe(`? Which ${answer}`);
    await session.showsLine(/^raw false$/);
  });

  test('other words are shown, and Enter takes nothing for them', async () => {
    await using session = ask('select');
    await session.showsLine(/^> 1 one$/);
    session.type(`no${enter}`);
    await session.shows(['? Which no', '  no such choice']);
    session.type(`\x7f\x7f`);
    await session.shows(['? Which', '> 1 one', '  2 two', '  3 three']);
    session.type(enter);
    await session.showsLine(/^answer "one"$/);
  });

  test('typing filters a long list', async () => {
    await using session = ask('country');
    await session.showsLine(/^\? Where \(type to filter\)$/);
    session.type('bu');
    await session.shows(['? Where bu', '> Bulgaria']);
    session.type('x');
    await session.shows(['? Where bux', '  nothing matches']);
    session.type(`${enter}\x7f\x7f${down}`);
    await session.shows(['? Where b', '  Belgium', '> Bulgaria']);
    session.type(enter);
    await session.showsLine(/^answer "Bulgaria"$/);
  });
});

describe('confirm', () => {
  test.each([
    [`yes${enter}`, 'answer true'],
    [`no${enter}`, 'answer false'],
  ])('the whole word %j answers', async (word, said) => {
    await using session = ask('confirm');
    await session.showsLine(/^\? Really \(y\/N\)$/);
    for (const key of word) session.type(key);
    await session.showsLine(new RegExp(`^${said}$`));
    await session.showsLine(/^raw false$/);
    expect(session.lines).not.toContain('o');
  });

  test('a long question is read whole on a narrow screen', async () => {
    await using session = ask('long', {}, 40);
    await session.showsLine(/\(Y\/n\)$/);
    expect(session.lines.map((line) => line.padEnd(40)).join('')).toContain('truly so (Y/n)');
    session.type(enter);
    await session.showsLine(/^answer true$/);
  });

  test.each([
    ['y', 'answer true'],
    ['n', 'answer false'],
    [enter, 'answer false'],
    [escape, 'rejected PREFISH_INTERRUPTED'],
    [interrupt, 'rejected PREFISH_INTERRUPTED'],
    [endOfInput, 'rejected PREFISH_INTERRUPTED'],
  ])('%j: %s', async (key, said) => {
    await using session = ask('confirm');
    await session.showsLine(/^\? Really \(y\/N\)$/);
    session.type(key);
    await session.showsLine(new RegExp(`^${said}$`));
    await session.showsLine(/^raw false$/);
    expect(await session.exited).toBe(0);
  });
});

describe('what is typed before a question stands there', () => {
  test.each(['confirm', 'long', 'select', 'country', 'text', 'secret'])(
    'does not answer it: %s',
    async (kind) => {
      await using session = ask(kind);
      session.type(`1ls${enter}y`);
      await session.showsLine(/^\? (Really|Which|Where|Name|The key)/);
      expect(session.bytes).not.toContain('answer');
      session.type(escape);
      await session.showsLine(/^rejected PREFISH_INTERRUPTED$/);
      expect(await session.exited).toBe(0);
    },
  );
});

describe('text', () => {
  test('is what was typed, without control characters', async () => {
    await using session = ask('text');
    await session.showsLine(/^\? Name \(Ada\)$/);
    session.type('Grxx\x7f\x7face \x1b[200~Hopp\ner\x1b[201~');
    await session.showsLine(/^\? Name Grace Hopp er$/);
    session.type(enter);
    await session.showsLine(/^answer "Grace Hopp er"$/);
  });

  test('Enter alone is the default, Esc none', async () => {
    await using first = ask('text');
    await first.showsLine(/\(Ada\)$/);
    first.type(enter);
    await first.showsLine(/^answer "Ada"$/);
    await using second = ask('text');
    await second.showsLine(/\(Ada\)$/);
    second.type(escape);
    await second.showsLine(/^rejected PREFISH_INTERRUPTED$/);
  });
});

describe('secret', () => {
  test.each([80, 30])(
    'is never on a screen of %i columns, whole pastes arrive, Backspace and Ctrl+U take back',
    async (columns) => {
      await using session = ask('secret', {}, columns);
      await session.showsLine(/not shown\)$/);
      session.type('wrong');
      await session.showsLine(/·····$/);
      session.type('\x15\x1b[200~sk-pasted-123456789\n\x1b[201~');
      session.type('xü\x7f\x7f');
      session.type(enter);
      await session.showsLine(/^answer "sk-pasted-123456789"$/);
      const before = session.bytes.slice(0, session.bytes.indexOf('answer'));
      expect(before).not.toMatch(/wrong|sk-|pasted|1234|ü/);
    },
  );

  test.each([interrupt, escape, endOfInput])('%j gives none', async (key) => {
    await using session = ask('secret');
    await session.showsLine(/not shown\)$/);
    session.type(`abc${key}`);
    await session.showsLine(/^rejected PREFISH_INTERRUPTED$/);
    expect(session.bytes).not.toContain('abc');
  });
});

describe.each([{ TERM: 'dumb' }, { PREFISH_SCREEN_READER: '1' }])('with %j', (env) => {
  test('everything is printed once, and answered by number', async () => {
    await using session = ask('country', env);
    await session.showsLine(/^\? Where \(number, then Enter\)$/);
    expect(session.lines.slice(0, 2)).toEqual(['  1 Austria', '  2 Belgium']);
    session.type(`9\x7f10${enter}`);
    await session.showsLine(/^answer "Italy"$/);
    await session.showsLine(/^raw false$/);
    expect(session.bytes).not.toContain('\x1b');
  });

  test('a secret is not echoed', async () => {
    await using session = ask('secret', env);
    await session.showsLine(/not shown\)$/);
    session.type(`hidden${enter}`);
    await session.showsLine(/^answer "hidden"$/);
    expect(session.bytes.slice(0, session.bytes.indexOf('answer'))).not.toMatch(/hidden|\x1b/);
  });
});

test('where nobody watches it is refused at once, and the process goes on to its end', async () => {
  const fixture = fileURLToPath(new URL('../fixtures/questions.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=development', fixture, 'confirm'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(said).toMatch(/^rejected PREFISH_NO_TTY\n/);
  expect(child.exitCode).toBe(0);
});
