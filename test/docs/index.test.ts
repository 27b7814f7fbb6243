import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

const clone = join(import.meta.dirname, '..', '..');

test('the list of pages has every page', async () => {
  const list = await readFile(join(clone, 'docs', 'README.md'), 'utf8');
  const pages = (await readdir(join(clone, 'docs'))).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  );
  expect(pages.filter((name) => !list.includes(`](${name})`))).toEqual([]);
});

test('the list of decisions has every decision', async () => {
  const folder = join(clone, 'docs', 'decisions');
  const list = await readFile(join(folder, 'README.md'), 'utf8');
  const decisions = (await readdir(folder)).filter((name) => name !== 'README.md');
  expect(decisions.filter((name) => !list.includes(`](${name})`))).toEqual([]);
});

test('links between pages lead somewhere', async () => {
  const docs = (await readdir(join(clone, 'docs'), { recursive: true })).map((name) => join('docs', name));
  const pages = ['README.md', join('examples', 'README.md'), ...docs].filter((name) => name.endsWith('.md'));
  const broken: string[] = [];
  for (const page of pages) {
    const text = await readFile(join(clone, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g))
      if (!existsSync(resolve(clone, dirname(page), target!))) broken.push(`${page}: ${target}`);
  }
  expect(broken).toEqual([]);
});

test('every package that is published says what it is', async () => {
  const missing: string[] = [];
  for (const group of ['packages', 'plugins'])
    for (const name of await readdir(join(clone, group)))
      if (!existsSync(join(clone, group, name, 'README.md'))) missing.push(`${group}/${name}`);
  expect(missing).toEqual([]);
});
