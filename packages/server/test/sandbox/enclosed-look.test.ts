import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { git } from '../../src/repositories/git.ts';
import { enclosedLook } from '../../src/sandbox/enclosed-look.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

needs('bubblewrap');

test('who looks at a tree finds what is in it, and nothing that a link in it leads to', async () => {
  using folder = temporaryFolder();
  using beside = temporaryFolder();
  const server = folder.path;
  const [tree, own] = [join(server, 'work', 'tree'), join(server, 'own')];
  for (const path of [join(tree, 'folder'), own]) mkdirSync(path, { recursive: true });
  writeFileSync(join(tree, 'folder', 'file'), 'in the tree');
  for (const path of [server, beside.path]) writeFileSync(join(path, 'secret'), 'of somebody else');
  symlinkSync(server, join(tree, 'up'));
  symlinkSync(beside.path, join(tree, 'away'));
  const hash = async (file: string, enter?: readonly string[]): Promise<number> =>
    (
      await git(['hash-object', '--no-filters', join(tree, file)], {
        ...(enter && { enter }),
        answers: [1, 128],
      })
    ).code;

  expect([await hash('up/secret'), await hash('away/secret')]).toEqual([0, 0]);
  const enter = enclosedLook({ read: [tree], own, hidden: [server, '/usr/share', '/usr/bin/env'] });
  expect(await hash('folder/file', enter)).toBe(0);
  expect([await hash('up/secret', enter), await hash('away/secret', enter)]).toEqual([128, 128]);
  // The server's own, below what is shown of the host.
  symlinkSync('/usr/bin/env', join(tree, 'program'));
  expect([await hash('program'), await hash('program', enter)]).toEqual([0, 128]);
});
