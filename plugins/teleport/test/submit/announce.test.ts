import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { announce } from '../../src/submit/announce.ts';
import { at, scratch } from '../support/repository.ts';

test('what is told of names that drive terminals does not', async () => {
  using s = scratch();
  const repository = s.repository({ '.gitignore': '*.local\n' });
  const evil = '\u001b]0;title\u0007\u009b2J\r\nnew line\u202e';
  repository.write({ [`${evil}.local`]: '' });
  mkdirSync(join(repository.path, `${evil} nested`));
  at(join(repository.path, `${evil} nested`), s.env).git('init', '-q');
  writeFileSync(join(repository.path, '.git/HEAD'), 'ref: refs/heads/main\u001b[2J\n');
  const { tree, snapshot } = await s.capture(repository.path);
  const said: string[] = [];
  const codes = new Set<string>();
  const out = {
    warn: (code: string, message: string) => {
      codes.add(code);
      said.push(message);
    },
  };
  const say = (text: string): void => void said.push(text);
  announce(
    { out, say },
    snapshot,
    tree,
    { carried: [], summary: [`${evil} words`] },
    { place: 'this machine', elsewhere: false },
  );
  expect(said).toHaveLength(4);
  for (const text of said) expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
  expect([...codes]).toEqual(['PREFISH_NOT_CAPTURED']);
});
