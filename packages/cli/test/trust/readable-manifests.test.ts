import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReadableManifests } from '../../src/trust/readable-manifests.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-manifests-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function make(files: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (value === 'pipe') execFileSync('mkfifo', [path]);
    else if (value === 'device') symlinkSync('/dev/zero', path);
    else writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

test.each<[string, string, Record<string, unknown>]>([
  ['the package', 'evil', { 'node_modules/evil/package.json': 'pipe' }],
  ['the package, a device', 'evil', { 'node_modules/evil/package.json': 'device' }],
  ['a scoped package', '@a/evil/x', { 'node_modules/@a/evil/package.json': 'pipe' }],
  ['the folder of the module', './x.js', { 'package.json': 'pipe' }],
  ['the folder of what is imported', './sub/x.js', { 'sub/x.js': '', 'sub/package.json': 'pipe' }],
  [
    'a folder to which exports lead',
    'evil',
    {
      'node_modules/evil/package.json': { exports: { '.': { import: './lib/x.js' } } },
      'node_modules/evil/lib/package.json': 'pipe',
    },
  ],
  [
    'a folder to which a pattern leads',
    'evil/fo/x',
    {
      'node_modules/evil/package.json': { exports: { './f*': './lib/*.js' } },
      'node_modules/evil/lib/o/package.json': 'pipe',
    },
  ],
  [
    'the folder of main',
    'evil',
    { 'node_modules/evil/package.json': { main: 'lib' }, 'node_modules/evil/lib/package.json': 'pipe' },
  ],
  [
    'a package among the imports',
    '#x',
    { 'package.json': { imports: { '#x': 'evil' } }, 'node_modules/evil/package.json': 'pipe' },
  ],
])('refused without being opened: %s', (_, specifier, files) => {
  make(files);
  expect(() => new ReadableManifests().check(specifier, join(root, 'config.mjs'))).toThrow(
    expect.objectContaining({
      code: 'PREFISH_CONFIG_UNREADABLE',
      message: expect.stringMatching(/package\.json cannot be read: it is no regular file/),
    }),
  );
});

test('one that is too large is refused, and what is in order is not', () => {
  make({
    'package.json': { imports: { '#self': '#self' } },
    'node_modules/good/package.json': { main: './x.js' },
  });
  for (const specifier of ['good', 'good/sub', '#self', './x.js', '..', 'absent', 'node:fs', 'fs'])
    new ReadableManifests().check(specifier, join(root, 'a', 'config.mjs'));
  make({ 'node_modules/good/package.json': ' '.repeat(1024 * 1024 + 1) });
  expect(() => new ReadableManifests().check('good', join(root, 'config.mjs'))).toThrow('larger than 1 MB');
});
