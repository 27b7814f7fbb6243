import { expect, test } from 'vitest';
import { submitTaskSchema } from '@prefish/protocol/schemas';
import { readTags } from '../../src/snapshot/read-tags.ts';
import { findWorkTree } from '../../src/snapshot/work-tree.ts';
import { scratch } from '../support/repository.ts';

test('tags of whatever git takes for a name are none that a server refuses the line for', async () => {
  using s = scratch();
  const { path, git } = s.repository({ a: '1\n' });
  const odd = ['\u7248\u30001', 'v1\u00a0beta', 'v1\u2028', '-q', 'refs/heads/main', '"v"', '\ufeff'];
  for (const name of odd) git('update-ref', `refs/tags/${name}`, 'HEAD');
  // Somebody else's arrive with `git fetch`.
  git('update-ref', `refs/tags/${'long/'.repeat(250)}`.slice(0, -1), 'HEAD');
  git('-c', `user.name=${'x'.repeat(1100)}`, 'tag', '-a', '-m', 'of a long name', 'tagger');
  const tags = await readTags(await s.openGit(), await findWorkTree(await s.openGit(), path, s.home));
  expect(tags.map(({ name }) => name).toSorted()).toEqual(odd.toSorted());
  const { error } = submitTaskSchema.safeParse({ tags });
  expect(error?.issues.filter((issue) => issue.path[0] === 'tags')).toEqual([]);
});

test('those of other branches stay, however many are newer', async () => {
  using s = scratch();
  const { path, git, write } = s.repository({ a: '1\n' });
  git('tag', 'v1');
  git('tag', '-a', '-m', 'first', 'v1-annotated');
  git('checkout', '-q', '-b', 'other');
  write({ a: '2\n' });
  git('commit', '-qam', 'other');
  for (let number = 0; number < 60; number += 1) git('tag', `other-${number}`);
  git('checkout', '-q', '-');
  const tags = await readTags(await s.openGit(), await findWorkTree(await s.openGit(), path, s.home));
  expect(tags.map(({ name }) => name).toSorted()).toEqual(['v1', 'v1-annotated']);
});
