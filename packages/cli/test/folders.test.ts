import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { findFolders } from '../src/folders.ts';

test('PREFISH_HOME holds everything', () => {
  expect(findFolders({ PREFISH_HOME: '/p', XDG_DATA_HOME: '/x', HOME: '/h' })).toEqual({
    config: '/p/config',
    state: '/p/state',
    cache: '/p/cache',
    data: '/p/data',
  });
});

test('else the XDG folders; relative ones are ignored', () => {
  expect(findFolders({ HOME: '/h', XDG_DATA_HOME: '/x', XDG_CACHE_HOME: 'relative' }, 'linux')).toEqual({
    config: '/h/.config/prefish',
    state: '/h/.local/state/prefish',
    cache: '/h/.cache/prefish',
    data: '/x/prefish',
  });
});

test('else those of the platform', () => {
  expect(findFolders({ HOME: '/h' }, 'darwin')).toMatchObject({
    cache: '/h/Library/Caches/prefish',
    data: '/h/Library/Application Support/prefish',
  });
});

test('a relative HOME would be another home in each folder, and is none', () => {
  for (const path of Object.values(findFolders({ HOME: 'home' }, 'linux'))) {
    expect(isAbsolute(path)).toBe(true);
    expect(path).not.toContain(process.cwd());
  }
});
