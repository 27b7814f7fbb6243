import type { Task } from '@prefish/core';
import { expect, test } from 'vitest';
import { folderWords } from '../../src/format/folder-words.ts';

const here = '/home/me/work/shop/packages/cart';

test.each([
  [undefined, ''],
  ['/home/me/work/shop', ''],
  ['/home/me/work/shop/packages/cart/src', ''],
  ['/home/me/work/shop2', 'shop2'],
  ['/home/me/work/blog', 'blog'],
  ['/home/me/old/shop', 'old/shop'],
  ['/srv/evil\u001b[2J', 'evil'],
])('a task of %s', (root, words) => {
  expect(folderWords({ root } as Task, here)).toBe(words);
});
